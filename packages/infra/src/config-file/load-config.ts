import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InfraError, type InfraErrorCode } from '../errors.ts';
import { podConfigSchema, type PodConfig } from '../options/pod-config.ts';
import { formatPath, refusals, type Refusal } from '../options/refusal.ts';
import { SourceFile } from './source-file.ts';

/**
 * Reads a config file: `.ts`, `.mts`, `.js` or `.mjs` with the config as its default export, or `.json`.
 *
 * @throws InfraError `CONFIG_UNREADABLE`, or `CONFIG_INVALID` whose message has one line per fault, each with file,
 * line and column. Where OpenClaw's config is all that is at fault, its code: `OPENCLAW_CONFIG_INVALID` and others.
 */
export async function loadConfig(file: string): Promise<PodConfig> {
  const path = resolve(file);
  const source = new SourceFile(path, await read(path));
  const result = podConfigSchema.safeParse(await evaluate(source));
  if (result.success) return result.data;
  const found = refusals(result.error);
  const faults = found.map((refusal) => `${source.locate(refusal.path)}: ${describe(refusal)}`);
  throw new InfraError(codeOf(found), faults.join('\n'));
}

function codeOf([first, ...others]: readonly Refusal[]): InfraErrorCode {
  const { code, path } = first ?? { code: 'CONFIG_INVALID', path: [] };
  const ofOpenClaw = path[0] === 'openclaw' && path[1] === 'config' && code !== 'PROPS_INVALID';
  return ofOpenClaw && others.every((other) => other.code === code) ? code : 'CONFIG_INVALID';
}

function describe({ code, path, message }: Refusal): string {
  const where = path.length === 0 ? '' : `${formatPath(path)}: `;
  return `${where}${message}${code === 'PROPS_INVALID' ? '' : ` (${code})`}`;
}

async function read(path: string): Promise<string> {
  if (!/^\.(ts|mts|js|mjs|json)$/.test(extname(path))) {
    throw new InfraError(
      'CONFIG_UNREADABLE',
      `${path}: a config file ends in .ts, .mts, .js, .mjs or .json.`,
    );
  }
  if (path.endsWith('ts') && !process.features.typescript) {
    throw new InfraError(
      'CONFIG_UNREADABLE',
      `${path}: Node.js ${process.versions.node} runs no TypeScript: use 22.18 or newer, or a config in .mjs or .json.`,
    );
  }
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const { code = 'unknown error' } = cause as { code?: string };
    throw new InfraError(
      'CONFIG_UNREADABLE',
      `${path} cannot be read (${code}): give the path of a config file.`,
      {
        cause,
      },
    );
  }
}

async function evaluate(source: SourceFile): Promise<unknown> {
  const { path, text } = source;
  try {
    if (extname(path) === '.json') return JSON.parse(text) as unknown;
    // The query keeps the runtime from answering with an earlier version of the file.
    const module = (await import(`${pathToFileURL(path).href}?load=${loads++}`)) as { default?: unknown };
    if (module.default !== undefined) return module.default;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new InfraError('CONFIG_INVALID', `${source.locateError(cause)}: ${message.split('\n', 1)[0]}`, {
      cause,
    });
  }
  throw new InfraError(
    'CONFIG_INVALID',
    `${source.at(undefined)}: has no default export: write export default defineConfig({ ... }).`,
  );
}

let loads = 0;
