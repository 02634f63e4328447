import { afterAll, beforeAll, describe, test } from 'vitest';
import { configsOfReleases, expectTaken } from '../e2e/support/configs-of-releases.ts';
import { OpenClawMachine } from '../e2e/support/openclaw-host.ts';

let machine: OpenClawMachine;
beforeAll(async () => {
  machine = await OpenClawMachine.create();
});
afterAll(() => machine.close());

describe('a config that the pinned gateway takes, the pod takes', () => {
  test.each(configsOfReleases)('of release $release', (one) => expectTaken(machine, one));
});
