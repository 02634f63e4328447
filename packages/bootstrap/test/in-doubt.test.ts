import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { converge } from '../src/converge.ts';
import type { Report } from '../src/report.ts';
import { makePod, type TestPod } from './stand-ins/pod.ts';

let pod: TestPod;
beforeEach(async () => {
  pod = await makePod();
  // What takes half a minute here takes some seconds; a start of the stand-in takes what it takes.
  pod.host.elapsed = () => performance.now() * 8;
});
afterEach(() => pod.close());

const spec = (config?: Record<string, unknown>) => pod.spec({ readyTimeoutSeconds: 400 }, config);
const run = (config?: Record<string, unknown>) => converge(spec(config), pod.host);
const state = (name: string) => join(pod.host.layout.state, name);
const pid = async () => (await pod.host.units.state('openclaw')).pid;
const changes = (report: Report) => report.steps.flatMap((step) => step.changes);
/** What the gateway answers to a method. Default: nothing, with an error. */
const instead = (method: string, text = '') => writeFile(state(`instead-of-${method}`), text);

describe('a gateway that is ready and cannot be asked what it runs with', () => {
  test.each([
    ['refuses the call', ''],
    ['answers in a form that nobody knows', '{"parsed":{},"exists":"perhaps"}'],
  ])(
    'fault (gateway): it %s → the report says that nobody knows, and it is restarted neither at once nor later',
    async (_, text) => {
      await run();
      const before = await pid();
      await instead('config.get', text);
      const changed = await run({ messages: { prefix: 'new' } });
      expect(changed.outcome).toBe('ready');
      expect(changed.conditions).toContainEqual(
        expect.objectContaining({ type: 'ConfigInEffect', status: 'Unknown' }),
      );
      const later = await run({ messages: { prefix: 'new' } });
      expect(later.conditions).toContainEqual(
        expect.objectContaining({ type: 'ConfigInEffect', status: 'Unknown' }),
      );
      expect(await pid()).toBe(before);
      await rm(state('instead-of-config.get'));
      const answered = await run({ messages: { prefix: 'new' } });
      expect(answered.conditions).toContainEqual(
        expect.objectContaining({ type: 'ConfigInEffect', status: 'True' }),
      );
      expect(await pid()).toBe(before);
    },
  );

  test('shows the local password to nobody', async () => {
    await run();
    await instead('config.get');
    const { OPENCLAW_GATEWAY_PASSWORD: password } = await pod.host.units.secretEnvironment('openclaw');
    const report = JSON.stringify(await run({ messages: { prefix: 'new' } }));
    expect(report).toContain('no answer, tried with');
    expect(report).not.toContain(password);
  });
});

test('fault (gateway): it says of the config that was decided that it runs with another one, whatever is done → it is restarted once, and not by every run; the report says so', async () => {
  const other = { messages: { test: 'other' } };
  const first = await run(other);
  expect(first.conditions).toContainEqual(
    expect.objectContaining({ type: 'ConfigInEffect', status: 'False' }),
  );
  expect(changes(first).filter((line) => line.startsWith('restart openclaw'))).toHaveLength(1);
  const before = await pid();
  const second = await run(other);
  expect(second.conditions).toContainEqual(
    expect.objectContaining({ type: 'ConfigInEffect', status: 'False' }),
  );
  expect(await pid()).toBe(before);
});

test.each([
  ['removed', (file: string) => rm(file)],
  [
    'changed so that somebody else decides who gets in',
    (file: string) => writeFile(file, '{"gateway":{"mode":"remote","port":1},"x":1}'),
  ],
])(
  'fault (config): openclaw.json is %s while the bootstrap waits for the gateway to take it → it is not restarted with that, and the next run puts it right',
  async (_, change) => {
    await run();
    const before = await pid();
    const file = state('openclaw.json');
    const report = await converge(spec({ messages: { prefix: 'new' } }), pod.host, {
      onEvent: ({ step, status }) => void (step === 'wait-ready' && status === 'started' && change(file)),
    });
    expect(report.conditions).toContainEqual(
      expect.objectContaining({ type: 'ConfigInEffect', status: 'False' }),
    );
    expect(await pid()).toBe(before);
    expect((await run()).conditions).toContainEqual(
      expect.objectContaining({ type: 'ConfigInEffect', status: 'True' }),
    );
  },
);

describe('what was once seen', () => {
  test('fault (kill): a run is killed after it has put a lost config back → the next one asks the gateway, and does not go by what was seen before', async () => {
    await run();
    const file = state('openclaw.json');
    const decided = await readFile(file, 'utf8');
    // The gateway has taken up what somebody's edit left of the config, and says nothing of the one that is back.
    await rm(file);
    await writeFile(file, decided);
    await new Promise((wake) => setTimeout(wake, 300));
    await writeFile(state('applied'), 'the revision of an edit alone');
    const before = await pid();
    const report = await run();
    expect(await pid()).not.toBe(before);
    expect(report.conditions).toContainEqual(
      expect.objectContaining({ type: 'ConfigInEffect', status: 'True' }),
    );
  });
});
