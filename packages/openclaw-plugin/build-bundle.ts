import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as Esbuild from 'esbuild';
import * as z from 'zod';
import { pluginConfigSchema, pluginId } from './src/plugin-config.ts';

/** What the bundle is made of, besides packages from npm. */
export const pluginInputs = ['src', 'build-bundle.ts', 'package.json'].map((path) =>
  join(import.meta.dirname, path),
);

/** The plugin as OpenClaw loads it: text by path. https://docs.openclaw.ai/plugins/manifest */
export function pluginFiles(): Readonly<Record<string, string>> {
  const browser = bundled('src/browser/sign-out-page.ts', 'browser', 'es2023');
  // OpenClaw serves it for ever under its path.
  const hash = createHash('sha256').update(browser).digest('hex').slice(0, 16);
  const entry = `dist/control-ui/${hash}/index.js`;
  const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
  return {
    'index.mjs': bundled('src/plugin.ts', 'node', 'node24'),
    [entry]: browser,
    'package.json': json({
      name: '@clawharbor/openclaw-plugin',
      version: '0.0.0',
      type: 'module',
      license: 'Apache-2.0',
      openclaw: { extensions: ['./index.mjs'] },
    }),
    'openclaw.plugin.json': json({
      id: pluginId,
      name: 'Clawharbor',
      description: 'Signing out of a pod, and who is out of it.',
      categories: ['other'],
      activation: { onStartup: true },
      controlUi: { entry },
      configSchema: z.toJSONSchema(pluginConfigSchema, { io: 'input' }),
    }),
  };
}

function bundled(entry: string, platform: 'node' | 'browser', target: string): string {
  // Loaded here, because who only asks what it is made of needs none.
  const esbuild = createRequire(import.meta.url)('esbuild') as typeof Esbuild;
  const { outputFiles } = esbuild.buildSync({
    absWorkingDir: import.meta.dirname,
    entryPoints: [entry],
    write: false,
    bundle: true,
    platform,
    format: 'esm',
    target,
    conditions: ['source', 'module'],
    mainFields: ['module', 'main'],
    minifySyntax: true,
    legalComments: 'inline',
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}

if (import.meta.main) {
  const directory = join(import.meta.dirname, 'dist');
  for (const [path, text] of Object.entries(pluginFiles())) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}
