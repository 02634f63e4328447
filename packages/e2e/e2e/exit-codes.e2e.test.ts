import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  directory,
  expectEnding,
  gateway,
  portOf,
  program,
  start,
  stateWith,
  untilReady,
} from './support/endings.ts';
import { Team } from './support/team.ts';

describe('a gateway of the pinned release ends, and its code with its words says why', () => {
  let file: string;
  let used: string;
  beforeAll(async () => {
    const found = await program('2026.9.6');
    if (found === undefined) {
      // The bootstrap's own step fills the cache.
      const team = await Team.open();
      await team.prepare();
      await team.close();
    }
    file = found ?? (await program('2026.9.6'))!;
    used = stateWith('used', { gateway: gateway() });
  });

  test('78 where another one owns its state; the other one goes on', async () => {
    const first = start(file, used);
    await untilReady();
    await expectEnding(start(file, used), 78, 'STATE_LOCKED', true);
    expect((await fetch(`http://127.0.0.1:${portOf()}/readyz`)).status).toBe(200);
    first.process.kill('SIGTERM');
    expect(await first.ended).toBe(0);
  });

  test('1 where a newer release has written its config', async () => {
    const config = { gateway: gateway(), meta: { lastTouchedVersion: '2027.1.1' } };
    await expectEnding(start(file, stateWith('newer-config', config)), 1, 'STATE_NEWER', false);
  });

  test('78 where a newer release has written its state', async () => {
    const state = join(directory, 'newer-state');
    cpSync(used, state, { recursive: true });
    const database = new DatabaseSync(join(state, 'state/openclaw.sqlite'));
    database.exec('PRAGMA user_version = 99; UPDATE schema_meta SET schema_version = 99');
    database.close();
    await expectEnding(start(file, state), 78, 'STATE_NEWER', false);
  });

  test.each([
    ['has a key that it does not know', () => ({ gateway: gateway(), bogus: true })],
    ['has no gateway.mode', () => ({ ui: { seamColor: '#123456' } })],
  ])('78 where its config %s', async (name, config) => {
    const state = stateWith(name.replaceAll(' ', '-'), config());
    await expectEnding(start(file, state), 78, 'GATEWAY_CONFIG_REFUSED', false);
  });
});
