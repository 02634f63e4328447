import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pluginFiles } from '../build-bundle.ts';

const files = pluginFiles();
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clawharbor-plugin-'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
});

afterAll(() => rm(directory, { recursive: true, force: true }));

const json = (path: string) => JSON.parse(files[path]!) as Record<string, unknown>;

test('the bundle needs nothing but Node.js', async () => {
  const plugin = (await import(pathToFileURL(join(directory, 'index.mjs')).href)) as {
    default: { id: string; register: unknown };
  };
  expect(plugin.default).toMatchObject({ id: 'clawharbor', register: expect.any(Function) });
  const imported = [...files['index.mjs']!.matchAll(/^import .* from ["'](.*)["'];$/gm)].map(
    ([, from]) => from,
  );
  expect(imported).not.toHaveLength(0);
  for (const from of imported) expect(isBuiltin(from!), from).toBe(true);
});

test('what OpenClaw reads before it loads the plugin names files that are there', () => {
  const { openclaw } = json('package.json') as { openclaw: { extensions: string[] } };
  const { controlUi } = json('openclaw.plugin.json') as { controlUi: { entry: string } };
  for (const path of [...openclaw.extensions, controlUi.entry]) {
    expect(Object.keys(files)).toContain(path.replace('./', ''));
  }
  // "controlUi.entry must be a JavaScript file in a dedicated dist subdirectory" (2026.9.6).
  expect(controlUi.entry).toMatch(/^dist\/.+\/.+\.js$/);
});

test('its config has a schema that OpenClaw holds it to', () => {
  expect(json('openclaw.plugin.json')).toMatchObject({
    id: 'clawharbor',
    activation: { onStartup: true },
    configSchema: { type: 'object', additionalProperties: false },
  });
});

test('the same sources make the same bundle: its place is named after its content', () => {
  expect(pluginFiles()).toStrictEqual(files);
});
