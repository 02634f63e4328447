import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { converge } from '../../src/converge.ts';
import { observeMachine, readSettled } from '../../src/look/machine.ts';
import { observeWish } from '../../src/look/wish.ts';
import { settle, unsettle } from '../../src/look/settle.ts';
import { whyDue } from '../../src/look/settled.ts';
import type { Report } from '../../src/report.ts';
import { startAws, type AwsStandIn } from '../stand-ins/aws.ts';
import { makePod, type TestPod } from '../stand-ins/pod.ts';
import { SmallDisk, whyNoDisk } from '../stand-ins/small-disk.ts';

const secret = { arn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:pod' };
const lifecycle = { autoScalingGroup: 'pod', hook: 'launch', heartbeatSeconds: 30 };

let pod: TestPod;
let aws: AwsStandIn;
beforeEach(async () => {
  [pod, aws] = await Promise.all([makePod(), startAws()]);
  for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
  aws.secret = { value: JSON.stringify({ FAKE_API_KEY: 'key', LATER: '' }), version: '1' };
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await pod.close();
  await aws.close();
});

/** As the timer's run does, but for the host. */
async function run(): Promise<Report> {
  await unsettle(pod.host);
  const report = await converge(pod.spec({ secret, lifecycle }), pod.host);
  await settle(pod.host, pod.spec({ secret, lifecycle }), aws.parameter, report);
  return report;
}

/** As the look of each minute does. */
async function look(): Promise<string | undefined> {
  const settled = await readSettled(pod.host.layout);
  if (settled === undefined) return 'not settled';
  return whyDue(settled, await observeWish('ssm:pod'), await observeMachine(settled.places));
}

test.skipIf(process.platform !== 'linux')(
  'a pod is settled after a run that found nothing to do, until something is another (skipped elsewhere than on Linux, which has /proc)',
  async () => {
    aws.parameter = JSON.stringify(pod.spec({ secret, lifecycle }));
    expect((await run()).outcome).toBe('ready');
    expect(await look()).toBe('not settled');
    expect((await run()).outcome).toBe('unchanged');
    expect(await look()).toBe(undefined);
    const remembered = await readFile(join(pod.host.layout.reports, 'settled.json'), 'utf8');
    expect(remembered).not.toContain('key');

    const config = join(pod.host.layout.state, 'openclaw.json');
    aws.targetState = 'Terminated';
    expect(await look()).toMatch(/Terminated/);
    aws.targetState = 'InService';
    aws.secret = { ...aws.secret, version: '2' };
    expect(await look()).toMatch(/secret/);
    aws.secret = { ...aws.secret, version: '1' };
    aws.parameter += ' ';
    expect(await look()).toMatch(/spec/);
    aws.parameter = aws.parameter.trim();
    aws.targetState = undefined;
    expect(await look()).toMatch(/takes the instance/);
    aws.targetState = 'InService';
    expect(await look()).toBe(undefined);
    // It hangs.
    const { pid } = await pod.host.units.state('openclaw');
    process.kill(pid!, 'SIGSTOP');
    expect(await look()).toMatch(/does not answer/);
    process.kill(pid!, 'SIGCONT');
    expect(await look()).toBe(undefined);
    const text = await readFile(config, 'utf8');
    await writeFile(config, `${text}\n`);
    expect(await look()).toMatch(/config/);
  },
  60_000,
);

test.skipIf(process.platform !== 'linux')(
  'what runs commands of agents is watched from the run on that finds it (skipped elsewhere than on Linux, which has /proc)',
  async () => {
    aws.parameter = JSON.stringify(pod.spec({ secret, lifecycle }));
    await run();
    const report = await run();
    const rememberAgain = async () => {
      await unsettle(pod.host);
      await settle(pod.host, pod.spec({ secret, lifecycle }), aws.parameter, report);
    };
    await pod.host.units.install({
      name: 'openclaw-commands',
      description: 'what runs commands',
      command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'],
      environment: {},
      workingDirectory: '/',
      user: '',
      writable: [],
      restart: { delaySeconds: 60, neverOn: [], burst: { starts: 30, seconds: 300 } },
      stopTimeoutSeconds: 5,
    });
    await pod.host.units.start('openclaw-commands');
    await rememberAgain();
    expect(await look()).toBe(undefined);
    const { pid: commands } = await pod.host.units.state('openclaw-commands');
    process.kill(commands!, 'SIGKILL');
    await expect.poll(look, { timeout: 10_000 }).toMatch(/openclaw-commands/);
    // Between two processes nothing is settled.
    await rememberAgain();
    expect(await look()).toBe('not settled');
  },
  60_000,
);

test.skipIf(process.platform !== 'linux')(
  'what AWS says otherwise after a run than before is not taken for what runs (skipped elsewhere than on Linux, which has /proc)',
  async () => {
    aws.parameter = JSON.stringify(pod.spec({ secret, lifecycle }));
    await run();
    const report = await converge(pod.spec({ secret, lifecycle }), pod.host);
    const spec = pod.spec({ secret, lifecycle });
    aws.secret = { value: JSON.stringify({ FAKE_API_KEY: 'another' }), version: '2' };
    await settle(pod.host, spec, aws.parameter, report);
    expect(await readSettled(pod.host.layout)).toBe(undefined);
    aws.secret = { value: JSON.stringify({ FAKE_API_KEY: 'key', LATER: '' }), version: '1' };
    aws.targetState = 'Terminated';
    await settle(pod.host, spec, aws.parameter, report);
    expect(await readSettled(pod.host.layout)).toBe(undefined);
    aws.targetState = 'InService';
    const nothing = async () => expect(await readSettled(pod.host.layout)).toBe(undefined);
    await settle(pod.host, spec, aws.parameter, { ...report, outcome: 'failed' });
    await nothing();
    const late = report.steps.map((step) => ({ ...step, status: 'failed' as const }));
    await settle(pod.host, spec, aws.parameter, { ...report, steps: late });
    await nothing();
    // One that was withdrawn meanwhile still runs.
    aws.secret = { value: '{}', version: '3' };
    await settle(pod.host, spec, aws.parameter, report);
    await nothing();
    aws.secret = { value: JSON.stringify({ FAKE_API_KEY: 'key', LATER: '' }), version: '1' };
    const config = join(pod.host.layout.state, 'openclaw.json');
    const text = await readFile(config, 'utf8');
    await writeFile(config, `${text}\n`);
    await settle(pod.host, spec, aws.parameter, report);
    await nothing();
    expect((await run()).outcome).toBe('unchanged');
    await unsettle(pod.host);
    await settle(pod.host, spec, aws.parameter, report);
    expect(await readSettled(pod.host.layout)).not.toBe(undefined);
  },
  60_000,
);

test.skipIf(whyNoDisk !== undefined)(
  'fault (storage): the disk of the instance is full while nothing else changes → the next look has it said (DiskRoom), each minute until there is room again',
  async () => {
    const disk = new SmallDisk(join(pod.directory, 'instance-0'));
    try {
      disk.leave(100_000);
      aws.parameter = JSON.stringify(pod.spec({ secret, lifecycle }));
      await run();
      expect(roomIn(await run())).toMatchObject({ status: 'True' });
      expect(await look()).toBe(undefined);
      disk.leave(10_000);
      expect(await look()).toMatch(/disk is full/);
      const report = await run();
      expect(report.outcome).toBe('unchanged');
      expect(roomIn(report)).toMatchObject({
        status: 'False',
        reason: 'Full',
        message: expect.stringContaining(' has 40 MB of room'),
      });
      expect(await look()).toBe('not settled');
      disk.leave(100_000);
      expect(roomIn(await run())).toMatchObject({ status: 'True' });
      expect(await look()).toBe(undefined);
    } finally {
      await pod.host.close();
      disk.close();
    }
  },
  60_000,
);

const roomIn = ({ conditions }: Report) => conditions.find(({ type }) => type === 'DiskRoom');
