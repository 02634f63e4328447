import { renameSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { converge } from '../src/converge.ts';
import { steps } from '../src/steps/index.ts';
import { makePod, type TestPod } from './stand-ins/pod.ts';

const fileSystem = {
  id: 'fs-12345678',
  stateAccessPoint: 'fsap-12345678',
  artifactsAccessPoint: 'fsap-87654321',
};
let pod: TestPod;
beforeEach(async () => {
  pod = await makePod();
});
afterEach(() => pod.close());

const named = [
  'sweep-leftovers',
  'keep-people',
  'read-secrets',
  'upgrade',
  'show-plugins',
  'merge-config',
  'start-gateway',
  'wait-ready',
  'record-release',
  'assign-roles',
];
test.each(named)(
  'fault (storage): the file system goes away when %s begins → what fails says so, nothing is written in its place, and the next run goes on with it',
  async (name) => {
    const { state } = pod.host.layout;
    const spec = (round: number) => pod.spec({ fileSystem }, { discovery: { round: `round ${round}` } });
    expect((await converge(spec(1), pod.host)).outcome).toBe('ready');
    const config = () => readFile(join(state, 'openclaw.json'), 'utf8');
    const before = await config();
    const after = before.replace('round 1', 'round 2');
    const report = await converge(spec(2), pod.host, {
      onEvent: ({ step, status }) => {
        if (step === name && status === 'started') renameSync(state, `${state}.gone`);
      },
    });
    const errors = report.steps.flatMap(({ error }) => (error ? [error.code] : []));
    // A gateway without a unit, which would need the mount, makes its directory anew before it fails: then it is there.
    const told =
      name === 'start-gateway' ? ['STATE_NOT_MOUNTED', 'GATEWAY_NOT_READY'] : ['STATE_NOT_MOUNTED'];
    expect(errors.filter((code) => !told.includes(code))).toEqual([]);
    // What is mounted again hides whatever was written below it.
    rmSync(state, { recursive: true, force: true });
    renameSync(`${state}.gone`, state);
    expect([before, after]).toContain(await config());
    expect((await converge(spec(2), pod.host)).outcome).toMatch(/^(ready|unchanged)$/);
    expect(await config()).toBe(after);
  },
  60_000,
);

test('that is every step after the file system is mounted', () => {
  const names = steps.map(({ name }) => name);
  expect(names.slice(names.indexOf('mount-state') + 1)).toEqual(named);
});
