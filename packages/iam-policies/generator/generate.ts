import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { dataVersion, globalKeys, readService } from './data.ts';
import { globalKeysModule, serviceModule } from './service-module.ts';

const catalogue = fileURLToPath(new URL('../src/catalogue/', import.meta.url));

/** The services of the catalogue: one module each. */
export async function generatedServices(): Promise<string[]> {
  const files = await readdir(catalogue);
  return files.filter((file) => file !== 'global-keys.ts').map((file) => file.replace(/\.ts$/, ''));
}

/** File name → formatted source of the modules for these services, and of the global keys. */
export async function generate(services: readonly string[]): Promise<Map<string, string>> {
  const version = await dataVersion();
  const files = new Map([['global-keys.ts', globalKeysModule(globalKeys(), version)]]);
  for (const service of services) {
    files.set(`${service}.ts`, serviceModule(await readService(service), version));
  }
  const style = await resolveConfig(`${catalogue}any.ts`);
  for (const [file, source] of files) {
    files.set(file, await format(source, { ...style, parser: 'typescript' }));
  }
  return files;
}

/** Without services: regenerates what is there. */
if (import.meta.main) {
  const asked = process.argv.slice(2);
  await mkdir(catalogue, { recursive: true });
  const files = await generate(asked.length > 0 ? asked : await generatedServices());
  for (const [file, source] of files) await writeFile(catalogue + file, source);
  process.stdout.write(`Wrote ${[...files.keys()].join(', ')}\n`);
}
