import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fold, treeOf } from './compact.ts';
import { credentialsOf } from './credentials.ts';
import { effectsOf } from './effects.ts';
import type { OpenClawFacts } from './facts.ts';
import { indexes } from './indexes.ts';
import { pinnedReleases, readFacts } from './openclaw.ts';
import { generated, tables } from './source.ts';
import { typesOf } from './typescript.ts';

/**
 * File name below `src/openclaw/` → formatted source of what is generated for a release.
 *
 * @param types whether it is the release that a config is typed by: the newest
 */
export async function generate(facts: OpenClawFacts, types: boolean): Promise<Map<string, string>> {
  const { version } = facts;
  const root = treeOf(facts.schema);
  const definitions = fold(root);
  const { secrets, open } = credentialsOf(root, facts);
  const files = new Map([
    [
      'schema.ts',
      `/** A line is a definition, of which the first is the root: see ../node.ts. */
      export const definitions: readonly string[] = ${list(definitions.map((node) => JSON.stringify(node)))};`,
    ],
    [
      'effects.ts',
      `import type { Effect } from '../effects.ts';

      /** What a change below a path does, after OpenClaw's own rules of reload; the longest path counts. */
      export const effects: Readonly<Record<string, Effect>> = ${JSON.stringify(effectsOf(facts))};`,
    ],
    [
      'retired.ts',
      `/** Keys of older releases, with what OpenClaw says of them. */
      export const retired: Readonly<Record<string, string>> = ${JSON.stringify(retiredOf(facts))};`,
    ],
    [
      'credentials.ts',
      `import type { CredentialPaths } from '../credentials.ts';

      /** Where credentials stand: what OpenClaw says itself, and where its schema lets anything stand. */
      export const credentials: CredentialPaths = ${JSON.stringify({ secrets, open })};`,
    ],
  ]);
  if (types) {
    files.set(
      'config.ts',
      `/** \`\${NAME}\`, which OpenClaw replaces: https://docs.openclaw.ai/gateway/configuration/environment-variables */
      type Reference = \`\${string}\\\${\${string}}\${string}\`;

      ${typesOf(definitions, 'OpenClawConfig')}`,
    );
  }
  return new Map(
    await Promise.all(
      [...files].map(async ([file, source]) => {
        return [`${version}/${file}`, await generated(source, `OpenClaw ${version} (MIT)`)] as const;
      }),
    ),
  );
}

function list(texts: readonly string[]): string {
  return `[\n${texts.map((text) => `${quoted(text)},`).join('\n')}\n]`;
}

/** A text with many double quotes, as prettier would leave it. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function retiredOf({ retired }: OpenClawFacts): Record<string, string> {
  // A pod has no shell to run the doctor in, and the bootstrap migrates live configs itself.
  const shorter = (message: string) => message.replace(/[;,.]?\s*\(?Run "openclaw doctor --fix".*$/iu, '.');
  return Object.fromEntries(retired.map(({ path, message }) => [path, shorter(message)]));
}

/** Every pinned release, or those that are named; with `--check` nothing is written, and a difference is an error. */
if (import.meta.main) {
  const asked = process.argv.slice(2).filter((argument) => argument !== '--check');
  const check = process.argv.includes('--check');
  const pinned = await pinnedReleases();
  const files = await indexes(pinned);
  for (const version of asked.length > 0 ? asked : pinned) {
    const own = await generate(await readFacts(version), version === pinned.at(-1));
    for (const [file, source] of own) files.set(file, source);
  }
  if (check) {
    const different = await outdated(files);
    process.exitCode = different.length > 0 ? 1 : 0;
    process.stdout.write(
      different.length > 0 ? `Not as OpenClaw says: ${different.join(', ')}\n` : 'As OpenClaw says\n',
    );
  } else {
    await write(files);
    for (const version of pinned.slice(0, -1)) await rm(`${tables}${version}/config.ts`, { force: true });
    process.stdout.write(`Wrote ${[...files.keys()].join(', ')}\n`);
  }
}

async function write(files: ReadonlyMap<string, string>): Promise<void> {
  for (const [file, source] of files) {
    await mkdir(dirname(tables + file), { recursive: true });
    await writeFile(tables + file, source);
  }
}

/** Files that are there with another text, or not at all. */
export async function outdated(files: ReadonlyMap<string, string>): Promise<string[]> {
  const same = await Promise.all(
    [...files].map(
      async ([file, source]) => (await readFile(tables + file, 'utf8').catch(() => '')) === source,
    ),
  );
  return [...files.keys()].filter((_, index) => same[index] !== true);
}
