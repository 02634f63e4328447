import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const entry = fileURLToPath(new URL('../src/index.ts', import.meta.url));

test('the library bundles for a browser, without anything of Node, in at most 40 kB min+gzip', async () => {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    platform: 'browser',
    format: 'esm',
    target: 'es2024',
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  expect(gzipSync(code).length).toBeLessThanOrEqual(40_000);
  expect(new TextDecoder().decode(code)).not.toMatch(/node:|process\.|Buffer\b/u);
});
