import { readdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

type Any = (...args: never[]) => unknown;

/**
 * Functions of an installed OpenClaw that no entry of its package exports. Its modules have names that change with
 * every build, so a function is found by its own name; one that is not there is an error.
 */
export function functionsOf(directory: string) {
  const dist = `${directory}/dist/`;

  async function exportsOf(module: string): Promise<unknown[]> {
    const files = readdirSync(dist).filter((file) => file.startsWith(module) && file.endsWith('.mjs'));
    const modules = await Promise.all(
      files.map((file) => import(pathToFileURL(dist + file).href) as Promise<object>),
    );
    return modules.flatMap((found) => Object.values(found) as unknown[]);
  }

  async function ownIfThere<Fn extends Any>(module: string, name: string): Promise<Fn | undefined> {
    for (const found of await exportsOf(module)) {
      if (typeof found === 'function' && found.name === name) return found as Fn;
    }
    return undefined;
  }

  async function own<Fn extends Any>(module: string, name: string): Promise<Fn> {
    const found = await ownIfThere<Fn>(module, name);
    if (found) return found;
    throw new Error(`${directory} has no ${name} in ${module}*: look where this release keeps it`);
  }

  return { exportsOf, own, ownIfThere };
}
