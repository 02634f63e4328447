import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format, resolveConfig } from 'prettier';

/**
 * Writes what a release says of the plugins that are packages of their own, from its own catalog:
 *
 *     node packages/bootstrap/generator/official-plugins.ts FOLDER [--lock ID...]
 *
 * where FOLDER has `node_modules/openclaw`. `--lock` lets OpenClaw itself install a plugin into an empty state, and keeps
 * the manifest and the lockfile that this made: with them a plugin is installed as it was when it was added here. One that
 * is kept already stays as it is. `openclaw:add` does all of it.
 */
const [folder, , ...ids] = process.argv.slice(2);
if (folder === undefined)
  throw new Error('Say where OpenClaw is installed: a folder with node_modules/openclaw.');
const installed = resolve(folder, 'node_modules/openclaw');
const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as { version: string };
const target = join(import.meta.dirname, '../src/openclaw-release', version);

interface Entry {
  readonly name: string;
  readonly openclaw?: {
    readonly plugin?: { readonly id?: string };
    readonly channel?: { readonly id?: string };
    readonly providers?: readonly { readonly id: string; readonly aliases?: readonly string[] }[];
    readonly webSearchProviders?: readonly { readonly id: string }[];
    readonly contracts?: Readonly<Record<string, readonly string[]>>;
    readonly install?: { readonly npmSpec?: string; readonly expectedIntegrity?: string };
  };
}

// The names of OpenClaw's chunks carry a hash of their content.
const chunk = readdirSync(join(installed, 'dist')).find((name) => {
  const isCatalog = /^official-external-plugin-bundled-catalogs-[^.]+\.mjs$/.test(name);
  return isCatalog && readFileSync(join(installed, 'dist', name), 'utf8').includes('npmSpec');
});
if (chunk === undefined)
  throw new Error(`OpenClaw ${version} has no catalog of plugins where it is looked for.`);
const exported = (await import(pathToFileURL(join(installed, 'dist', chunk)).href)) as Record<
  string,
  unknown
>;
const entries = Object.values(exported).find((value): value is Entry[] => Array.isArray(value)) ?? [];

const plugins = entries.flatMap(({ name, openclaw = {} }) => {
  const { plugin, channel, providers = [], webSearchProviders = [], contracts = {}, install } = openclaw;
  const id = plugin?.id ?? channel?.id;
  if (id === undefined || install?.npmSpec === undefined) return [];
  const pinned = install.npmSpec.slice(name.length + 1);
  const row = {
    id,
    package: name,
    ...(pinned === '' ? {} : { version: pinned }),
    ...(install.expectedIntegrity === undefined ? {} : { integrity: install.expectedIntegrity }),
    channels: channel?.id === undefined ? [] : [channel.id],
    providers: providers.flatMap(({ id: provider, aliases = [] }) => [provider, ...aliases]),
    webSearch: webSearchProviders.map(({ id: provider }) => provider),
    webFetch: contracts['webFetchProviders'] ?? [],
    embeddings: contracts['embeddingProviders'] ?? [],
  };
  // What is empty says nothing.
  return [Object.fromEntries(Object.entries(row).filter(([, value]) => value.length > 0))];
});
const sorted = plugins.toSorted((one, other) => (String(one['id']) < String(other['id']) ? -1 : 1));
const catalog = join(target, 'official-plugins.json');
const style = await resolveConfig(catalog);
writeFileSync(catalog, await format(JSON.stringify(sorted, undefined, 2), { ...style, parser: 'json' }));
console.log(`${sorted.length} plugins of OpenClaw ${version}`);

for (const id of ids) {
  const kept = join(target, 'plugins', id);
  if (existsSync(kept)) continue;
  const plugin = sorted.find((each) => each['id'] === id);
  if (plugin === undefined) throw new Error(`OpenClaw ${version} has no plugin ${id}.`);
  const name = String(plugin['package']);
  const home = mkdtempSync(join(tmpdir(), 'clawharbor-plugin-'));
  try {
    const spec = `${name}@${String(plugin['version'] ?? version)}`;
    execFileSync(process.execPath, [join(installed, 'openclaw.mjs'), 'plugins', 'install', spec, '--pin'], {
      env: {
        ...process.env,
        HOME: home,
        OPENCLAW_STATE_DIR: join(home, 'state'),
        OPENCLAW_NO_AUTO_UPDATE: '1',
      },
      stdio: 'inherit',
    });
    const projects = join(home, 'state/npm/projects');
    const [project = ''] = readdirSync(projects);
    const read = (file: string) => JSON.parse(readFileSync(join(projects, project, file), 'utf8')) as object;
    const manifest = read('package.json');
    const lockfile = read('package-lock.json') as {
      name?: string;
      packages: Record<string, { resolved?: string }>;
    };
    // Where a package comes from is for the instance's npm to say; what it is, its integrity says.
    for (const each of Object.values(lockfile.packages)) delete each.resolved;
    lockfile.name = 'plugin';
    mkdirSync(kept, { recursive: true });
    writeFileSync(join(kept, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
    writeFileSync(join(kept, 'package-lock.json'), `${JSON.stringify(lockfile, undefined, 2)}\n`);
    console.log(`${spec}: manifest and lockfile`);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
