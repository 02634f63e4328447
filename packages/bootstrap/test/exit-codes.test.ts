import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { converge } from '../src/converge.ts';
import { BootstrapError } from '../src/errors.ts';
import { endingOf } from '../src/openclaw/exit-codes.ts';
import { judge } from '../src/openclaw/readiness.ts';
import { refusedStart, rememberRefusedStart } from '../src/openclaw/refused-start.ts';
import { makePod } from './stand-ins/pod.ts';

/** What gateways said, word by word, in the releases that are named. That they do is proved by running them: e2e/exit-codes. */
const said = {
  olderThanConfig:
    'Refusing to run automatic gateway startup migrations because this OpenClaw binary (2026.9.5) is older than the config last written by OpenClaw 2026.9.6.',
  newerSchemas:
    'Gateway failed to start: Gateway refused startup because 2 OpenClaw database schema(s) are newer than this build. state database /s/openclaw.sqlite uses schema 18; this build supports 17; writer build 2026.9.6.',
  newerSchema:
    'OpenClaw state database /s/openclaw.sqlite uses newer schema version 18; this build supports 1',
  wantsDoctor:
    'Gateway failed to start: gateway requires state migration. Stop the service with openclaw gateway stop (or its service owner), then run openclaw doctor --fix, then start it again with openclaw gateway start.',
  ownedBySomebody: 'gateway already running (pid 12206); lock timeout after 5000ms',
  // Both reasons in one: the lock counts.
  ownedLifecycle: `Doctor could not enter maintenance. StateDatabaseCoordinatorContentionError: another OpenClaw process owns gateway-lifecycle Stop the Gateway service and other OpenClaw processes using this state, then run openclaw doctor --fix from an independent shell.
[gateway] requires state migration. Stop the service with openclaw gateway stop (or its service owner), then run openclaw doctor --fix, then start it again with openclaw gateway start.`,
  ownedUnderSystemd:
    'gateway already running under systemd; existing gateway is healthy, exiting with code 78 to prevent a systemd Restart=always loop',
  invalid:
    'OpenClaw config is invalid\nProblem:\n  agents: Unrecognized key: "x"\nFix: openclaw doctor --fix',
  withoutMode: 'Gateway start blocked: existing config is missing gateway.mode.',
  // What else a gateway of 2026.9.6 may say at its start, and is no reason for its end.
  invalidAmongOthers: `plugin "browser" blocked by denylist
before_agent_run hook blocked by policy
This automation is already running.
OpenClaw config is invalid`,
  crashAmongOthers: `legacy Web Push state requires migration; run \`openclaw doctor --fix\` before using Web Push
the shared owner profile requires repair; run openclaw doctor --fix and reconnect
TypeError: x is not a function`,
  wantsStoreMigrated: '[gateway] requires session store migration. Stop the service.',
  stateRequiresRepair:
    'Gateway failed to start: OpenClaw state database /s/openclaw.sqlite requires repair: index missing',
} as const;

describe('an exit code, read with what the gateway said', () => {
  test.each([
    [1, 'olderThanConfig', 'STATE_NEWER', false],
    [78, 'newerSchemas', 'STATE_NEWER', false],
    [1, 'newerSchema', 'STATE_NEWER', false],
    [78, 'wantsDoctor', 'STATE_NEEDS_REPAIR', false],
    [1, 'ownedBySomebody', 'STATE_LOCKED', true],
    [78, 'ownedUnderSystemd', 'STATE_LOCKED', true],
    [78, 'ownedLifecycle', 'STATE_LOCKED', true],
    [78, 'invalid', 'GATEWAY_CONFIG_REFUSED', false],
    [78, 'withoutMode', 'GATEWAY_CONFIG_REFUSED', false],
    [78, 'invalidAmongOthers', 'GATEWAY_CONFIG_REFUSED', false],
    [1, 'crashAmongOthers', 'GATEWAY_NOT_READY', true],
    [78, 'wantsStoreMigrated', 'STATE_NEEDS_REPAIR', false],
    [1, 'stateRequiresRepair', 'STATE_NEEDS_REPAIR', false],
    [1, 'invalid', 'GATEWAY_NOT_READY', true],
    [undefined, 'invalid', 'GATEWAY_NOT_READY', true],
    [0, 'olderThanConfig', 'GATEWAY_NOT_READY', true],
  ] as const)('%s, %s: %s', (exitCode, words, code, mayPass) => {
    expect(endingOf(exitCode, said[words].split('\n'))).toMatchObject({ code, mayPass });
  });

  test.each([
    ['systemd', 'Started OpenClaw gateway.', 'openclaw.service: Main process exited, code=exited, status=1'],
    [
      'the process host',
      'clawharbor: openclaw exited with code 1; restarted in 5 s',
      'clawharbor: openclaw exited with code 1; not restarted: started 10 times in 300 s',
    ],
  ])('what the run before it said does not count, as %s writes it', (_, start, end) => {
    const log = [said.olderThanConfig, end, start, 'TypeError: x is not a function', end];
    expect(endingOf(1, log)).toMatchObject({ code: 'GATEWAY_NOT_READY' });
    expect(endingOf(1, [...log, start, said.olderThanConfig, end])).toMatchObject({ code: 'STATE_NEWER' });
  });

  test.each([
    ['a downgrade, although its supervisor would go on', 'restarting', said.olderThanConfig, true],
    ['a crash not, while its supervisor goes on', 'restarting', 'TypeError', false],
  ] as const)('ends the wait at once: %s', (_, status, line, isEnd) => {
    const verdict = judge({
      status: undefined,
      state: { status, restarts: 1, exitCode: 1 },
      restarts: 1,
      timedOut: false,
      log: [line],
    });
    expect(typeof verdict === 'object' && verdict.isPermanent === true).toBe(isEnd);
  });
});

test('a downgrade does not loop: it is started once, and again only when something has changed', async () => {
  const pod = await makePod();
  try {
    const { port } = pod.spec().openclaw.config['gateway'] as { port: number };
    const written = JSON.stringify({ gateway: { mode: 'local', port }, messages: { test: 'older' } });
    await pod.writeConfig(written);
    const first = await converge(pod.spec(), pod.host);
    expect(first.steps.at(-1)).toMatchObject({ name: 'wait-ready', error: { code: 'STATE_NEWER' } });
    expect(await pod.host.units.state('openclaw')).toMatchObject({ status: 'inactive', restarts: 0 });
    const again = await converge(pod.spec(), pod.host);
    expect(again.steps.at(-1)).toMatchObject({ name: 'start-gateway', error: { code: 'STATE_NEWER' } });
    expect((await pod.host.units.state('openclaw')).status).toBe('inactive');
    await pod.writeConfig(written.replace('older', 'fine'));
    expect((await converge(pod.spec(), pod.host)).outcome).toBe('ready');
  } finally {
    await pod.close();
  }
});

test.each([
  [
    'the database of an agent is moved out of the state',
    'state',
    'agents/ann/agent/openclaw-agent.sqlite',
    rm,
  ],
  ['the database is repaired', 'state', 'state/openclaw.sqlite', repair],
  ['a database on the disk of the machine is repaired', 'databases', 'current/state/openclaw.sqlite', repair],
  [
    'the database of an agent on that disk is repaired',
    'databases',
    'current/agents/ann/agent/openclaw-agent.sqlite',
    repair,
  ],
] as const)('what was refused gets another start once %s', async (_, place, name, change) => {
  const pod = await makePod();
  try {
    const { host } = pod;
    const file = join(host.layout[place], name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, 'old');
    const error = new BootstrapError('STATE_NEEDS_REPAIR', 'It wants its state repaired.');
    await rememberRefusedStart(host, pod.spec(), error);
    expect(await refusedStart(host, pod.spec())).toMatchObject({ code: 'STATE_NEEDS_REPAIR' });
    await change(file);
    expect(await refusedStart(host, pod.spec())).toBeUndefined();
  } finally {
    await pod.close();
  }
});

async function repair(file: string): Promise<void> {
  await writeFile(file, 'new!');
}
