import type { Ending } from '@clawharbor/bootstrap';
import { join } from 'node:path';
import { beforeAll, describe, test } from 'vitest';
import { directory, expectEnding, gateway, start, stateWith, untilReady } from '../e2e/support/endings.ts';
import { installed } from '../generator/openclaw/install.ts';

/** A release that met the state of another one. */
const older: readonly [version: string, of: string, exitCode: number, code: Ending['code']][] = [
  ['2026.9.5', '2026.9.6', 78, 'STATE_NEWER'],
  ['2026.7.35', '2026.9.6', 1, 'STATE_NEWER'],
  ['2026.9.5', '2026.7.35', 78, 'STATE_NEEDS_REPAIR'],
];

/** Where each release is: from the registry, because no pod runs one of them, and so none caches it. */
const programs = new Map<string, string>();
beforeAll(async () => {
  for (const version of new Set(older.flatMap(([release, of]) => [release, of]))) {
    const { directory: place } = await installed(version, join(directory, 'releases'));
    programs.set(version, join(place, 'openclaw.mjs'));
  }
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
