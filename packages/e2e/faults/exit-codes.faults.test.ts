import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Ending } from '@clawharbor/bootstrap';
import { beforeAll, describe, expect, test } from 'vitest';
import { directory, expectEnding, gateway, portOf, start, stateWith, untilReady } from './endings.ts';
import { installed } from '../generator/openclaw/install.ts';

const pinned = '2026.9.6';

/** A release that met the state of another one. */
const older: readonly [version: string, of: string, exitCode: number, code: Ending['code']][] = [
  ['2026.9.5', pinned, 78, 'STATE_NEWER'],
  ['2026.7.35', pinned, 1, 'STATE_NEWER'],
  ['2026.9.5', '2026.7.35', 78, 'STATE_NEEDS_REPAIR'],
];

/** Where each release is: from the registry, because no pod runs most of them, and so none caches it. */
const programs = new Map<string, string>();
beforeAll(async () => {
  for (const version of new Set(older.flatMap(([release, of]) => [release, of]))) {
    const { directory: place } = await installed(version, join(directory, 'releases'));
    programs.set(version, join(place, 'openclaw.mjs'));
  }
});

describe('a gateway of the pinned release ends, and its code with its words says why', () => {
  const used = () => stateWith('used', { gateway: gateway() });
  const run = (state: string) => start(programs.get(pinned)!, state);

  test('78 where another one owns its state; the other one goes on', async () => {
    const state = used();
    const first = run(state);
    await untilReady();
    await expectEnding(run(state), 78, 'STATE_LOCKED', true);
    expect((await fetch(`http://127.0.0.1:${portOf()}/readyz`)).status).toBe(200);
    first.process.kill('SIGTERM');
    expect(await first.ended).toBe(0);
  });

  test('1 where a newer release has written its config', async () => {
    const config = { gateway: gateway(), meta: { lastTouchedVersion: '2027.1.1' } };
    await expectEnding(run(stateWith('newer-config', config)), 1, 'STATE_NEWER', false);
  });

  test('78 where a newer release has written its state', async () => {
    const state = join(directory, 'newer-state');
    cpSync(used(), state, { recursive: true });
    const database = new DatabaseSync(join(state, 'state/openclaw.sqlite'));
    database.exec('PRAGMA user_version = 99; UPDATE schema_meta SET schema_version = 99');
    database.close();
    await expectEnding(run(state), 78, 'STATE_NEWER', false);
  });

  test.each([
    ['has a key that it does not know', () => ({ gateway: gateway(), bogus: true })],
    ['has no gateway.mode', () => ({ ui: { seamColor: '#123456' } })],
  ])('78 where its config %s', async (name, config) => {
    const state = stateWith(name.replaceAll(' ', '-'), config());
    await expectEnding(run(state), 78, 'GATEWAY_CONFIG_REFUSED', false);
  });
});

describe.each(older)('a gateway of %s on a state of %s', (version, of, exitCode, code) => {
  test(`ends with ${exitCode}: ${code}`, async () => {
    const state = stateWith(`${of}-for-${version}`, { gateway: gateway() });
    const writer = start(programs.get(of)!, state);
    await untilReady();
    writer.process.kill('SIGTERM');
    await writer.ended;
    await expectEnding(start(programs.get(version)!, state), exitCode, code, false);
  });
});
