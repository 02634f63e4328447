import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bringDatabases } from '../../src/databases/bring.ts';
import type { Layout } from '../../src/host/layout.ts';
import { placesOf } from '../../src/openclaw/databases-program.ts';
import { haveMovedOn } from '../../src/openclaw/gateway-databases.ts';
import { epochFile } from '../../src/databases/holder.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clawharbor-moved-on-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** A machine of the pod, as far as its databases go. */
async function machine(name: string): Promise<{ kind: 'systemd'; layout: Layout }> {
  const at = (...path: string[]): string => join(directory, ...path);
  const layout = { state: at('state'), databases: at(name), replica: at('replica') } as Layout;
  for (const each of [layout.state, layout.databases, dirname(epochFile(placesOf(layout)))])
    await mkdir(each, { recursive: true });
  return { kind: 'systemd', layout };
}

const replicated = { fileSystem: { databases: 'replicated' } } as Parameters<typeof haveMovedOn>[1];
const bring = ({ layout }: { layout: Layout }) =>
  bringDatabases(placesOf(layout), { now: new Date(), boot: 'first' });

test('fault (instance): another machine has gone on with the databases of a gateway that still runs → it is told, and only of that one', async () => {
  const [here, there] = [await machine('here'), await machine('there')];
  expect(await haveMovedOn(here, replicated)).toBe(false);
  await bring(here);
  expect(await haveMovedOn(here, replicated)).toBe(false);
  await bring(there);
  expect(await haveMovedOn(here, replicated)).toBe(true);
  expect(await haveMovedOn(there, replicated)).toBe(false);
  expect(await haveMovedOn(here, {})).toBe(false);
});

test('a file system that says nothing of it is no reason to end a gateway', async () => {
  const here = await machine('here');
  await bring(here);
  await rm(epochFile(placesOf(here.layout)));
  expect(await haveMovedOn(here, replicated)).toBe(false);
  await writeFile(epochFile(placesOf(here.layout)), 'another');
  expect(await haveMovedOn(here, replicated)).toBe(true);
});
