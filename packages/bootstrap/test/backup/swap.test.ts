import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { behindTheFence } from '../../src/backup/writer-lock.ts';
import { beginSwap, finishSwap, pendingSwap, planSwap } from '../../src/backup/swap.ts';
import { ProcessHost } from '../../src/host/process/process-host.ts';

let directory: string;
let host: ProcessHost;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clawharbor-swap-'));
  host = new ProcessHost({
    root: join(directory, 'root'),
    state: join(directory, 'state'),
    artifacts: join(directory, 'artifacts'),
  });
});
afterEach(async () => {
  await host.close();
  await rm(directory, { recursive: true, force: true });
});

type Files = Readonly<Record<string, string>>;
const many = (side: string, from: number, to: number): Files =>
  Object.fromEntries(
    Array.from({ length: to - from }, (_, n) => [`part-${from + n}/file`, `${side} ${from + n}`]),
  );
/** Some only here, some only there, most in both. */
const old: Files = {
  ...many('old', 0, 80),
  'openclaw.json': 'old config',
  '.clawharbor/last-applied.json': 'old applied',
  '.clawharbor/administrators.json': 'old administrators',
  'npm/package': 'rebuilt',
};
const fresh: Files = {
  ...many('new', 20, 100),
  'openclaw.json': 'new config',
  '.clawharbor/last-applied.json': 'new applied',
  '.clawharbor/writer.lock': 'of another machine',
};

async function write(base: string, files: Files): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(base, name)), { recursive: true });
    await writeFile(join(base, name), text);
  }
}

async function read(base: string): Promise<Files> {
  const entries = await readdir(base, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(
      files.map(async (file) => [file.slice(base.length + 1), await readFile(file, 'utf8')] as const),
    ),
  );
}

const kept = (): string => join(host.layout.records, 'replaced-2026-11-29T08-00-00.000Z.tmp');

async function begin(): Promise<void> {
  const staging = join(host.layout.records, 'staging.tmp');
  await write(host.layout.state, old);
  await write(join(staging, 'payload'), fresh);
  const swap = { id: '2026-11-29T07-00-00.000Z', staged: join(staging, 'payload'), staging, kept: kept() };
  await beginSwap(host.layout, await planSwap(host.layout, swap));
}

async function expectNew(): Promise<void> {
  const { 'writer.lock': _, ...live } = await read(host.layout.state);
  const aside = 'replaced-2026-11-29T08-00-00.000Z.tmp';
  const here = Object.fromEntries(Object.entries(live).filter(([name]) => !name.includes(aside)));
  const { '.clawharbor/writer.lock': _lock, ...wanted } = fresh;
  delete here['.clawharbor/writer.lock'];
  expect(here).toEqual({ ...wanted, 'npm/package': 'rebuilt' });
  const { 'npm/package': _stays, ...gone } = old;
  expect(await read(kept())).toEqual(
    Object.fromEntries(
      Object.entries(gone).map(([name, text]) => [name.replace('.clawharbor/', 'clawharbor-records/'), text]),
    ),
  );
  expect(await pendingSwap(host.layout)).toBeUndefined();
}

test('a swap puts the new state in place and keeps the old one', async () => {
  await begin();
  expect(await finishSwap(host.layout)).toBe('2026-11-29T07-00-00.000Z');
  await expectNew();
  expect(await finishSwap(host.layout)).toBeUndefined();
});

test('an upgrade that was under way when the archive was made does not come with it, and one that is now goes aside', async () => {
  const staging = join(host.layout.records, 'staging.tmp');
  await write(host.layout.state, { ...old, '.clawharbor/upgrade.json': 'now' });
  const then = { '.clawharbor/upgrade.json': 'then', '.clawharbor/upgrade-copy/manifest.json': 'then' };
  await write(join(staging, 'payload'), { ...fresh, ...then });
  const swap = { id: 'x', staged: join(staging, 'payload'), staging, kept: kept() };
  await beginSwap(host.layout, await planSwap(host.layout, swap));
  await finishSwap(host.layout);
  expect(await readdir(host.layout.records)).not.toContain('upgrade.json');
  expect(await readdir(host.layout.records)).not.toContain('upgrade-copy');
  expect(await readFile(join(kept(), 'clawharbor-records/upgrade.json'), 'utf8')).toBe('now');
});

test('what launches had failed with when the archive was made does not come with it', async () => {
  const staging = join(host.layout.records, 'staging.tmp');
  await write(join(staging, 'payload'), { ...fresh, '.clawharbor/failed-launches.json': 'then' });
  const swap = { id: 'x', staged: join(staging, 'payload'), staging, kept: kept() };
  await beginSwap(host.layout, await planSwap(host.layout, swap));
  await finishSwap(host.layout);
  expect(await readdir(host.layout.records)).not.toContain('failed-launches.json');
});

test('onto an empty state, too', async () => {
  const staging = join(host.layout.records, 'staging.tmp');
  await write(join(staging, 'payload'), fresh);
  const swap = { id: 'x', staged: join(staging, 'payload'), staging, kept: kept() };
  await beginSwap(host.layout, await planSwap(host.layout, swap));
  await finishSwap(host.layout);
  expect(await read(host.layout.state)).toMatchObject({
    'openclaw.json': 'new config',
    'part-99/file': 'new 99',
  });
});

describe('killed in the middle', () => {
  const program = `
    import fs from 'node:fs/promises';
    import { syncBuiltinESMExports } from 'node:module';
    const { rename } = fs;
    let left = Number(process.argv[2]);
    fs.rename = (...paths) => (left-- > 0 ? rename(...paths) : process.kill(process.pid, 'SIGKILL'));
    syncBuiltinESMExports();
    const { finishSwap } = await import(${JSON.stringify(new URL('../../src/backup/swap.ts', import.meta.url).href)});
    await finishSwap(JSON.parse(process.argv[1]));
  `;
  /** SIGKILL after so many renames. @returns whether it was through before */
  async function killedAfter(renames: number): Promise<boolean> {
    const child = spawn(
      process.execPath,
      [
        '--conditions=source',
        '--input-type=module',
        '--eval',
        program,
        JSON.stringify(host.layout),
        String(renames),
      ],
      { stdio: 'inherit' },
    );
    const [code] = (await once(child, 'close')) as [number | null];
    return code === 0;
  }

  test.each([0, 1, 50, 120, 1000])(
    'after %i renames: what comes next finishes it, and meanwhile there is no config to start a gateway with',
    async (renames) => {
      await rm(host.layout.state, { recursive: true, force: true });
      await begin();
      const through = await killedAfter(renames);
      expect(through).toBe(renames === 1000);
      const config = await readFile(join(host.layout.state, 'openclaw.json'), 'utf8').catch(() => 'none');
      expect(config).toBe(renames === 0 ? 'old config' : through ? 'new config' : 'none');
      const parts = await Promise.all(
        ['part-50/file', 'part-79/file', 'part-99/file'].map((name) =>
          readFile(join(host.layout.state, name), 'utf8').catch(() => 'none'),
        ),
      );
      if (renames === 0) expect(parts).toEqual(['old 50', 'old 79', 'none']);
      if (through) expect(parts).toEqual(['new 50', 'new 79', 'new 99']);
      // Again killed, and then let be.
      if (!through) expect(await killedAfter(2)).toBe(false);
      await finishSwap(host.layout);
      await expectNew();
    },
  );
});

test('behind the fence there is one at a time, and a killed one leaves it', async () => {
  await mkdir(host.layout.records, { recursive: true });
  const order: string[] = [];
  await Promise.all(
    ['a', 'b'].map((name) =>
      behindTheFence(host, async () => {
        order.push(`${name} in`);
        await new Promise((resolve) => setTimeout(resolve, 50));
        order.push(`${name} out`);
      }),
    ),
  );
  const [first] = order[0]!;
  const second = first === 'a' ? 'b' : 'a';
  expect(order).toEqual([`${first} in`, `${first} out`, `${second} in`, `${second} out`]);
});
