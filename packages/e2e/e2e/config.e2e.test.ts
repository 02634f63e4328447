import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { converge, type ProcessHost, type Report } from '@clawharbor/bootstrap';
import {
  acceptConfig,
  desiredConfig,
  inspectConfigs,
  parseSet,
  type ConfigSet,
} from '@clawharbor/bootstrap/config';
import type { PodSpec } from '@clawharbor/bootstrap/spec';
import { openclawPolicy } from '@clawharbor/config-merge';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDataDirectory } from '../src/pod/data-dir.ts';
import { readDeployment } from '../src/pod/deployment.ts';
import { OpenClawMachine, read, run, specWith } from './support/openclaw-host.ts';
import { randomConfigs, type RandomConfig } from './support/random-configs.ts';

let machine: OpenClawMachine;
let directory: string;
/** What the construct decides for a pod. */
let decided: PodSpec;

beforeAll(async () => {
  machine = await OpenClawMachine.create();
  directory = await mkdtemp(join(tmpdir(), 'clawharbor-config-'));
  decided = (await readDeployment({ directory: openDataDirectory(directory) })).spec;
});
afterAll(async () => {
  await machine.close();
  await rm(directory, { recursive: true, force: true });
});

const mergeStep = ({ steps }: Report) => steps.find(({ name }) => name === 'merge-config');

describe('a config that the pinned gateway takes, the pod takes', () => {
  // Those of older releases: npx projen faults
  test('with a key that stands twice', async () => {
    const text = `{
  session: { reset: { mode: 'daily', atHour: 4 } },
  ui: { seamColor: '#336699' },
  session: { reset: { mode: 'daily', atHour: 5 } },
}
`;
    const host = await machine.withConfig({ 'openclaw.json': text });
    const spec = await specWith();
    const report = await run(host, spec);
    expect([report.outcome, mergeStep(report)?.warnings]).toEqual(['ready', []]);
    expect(await read(host, 'openclaw.json')).toContain(text.trimEnd().slice(0, -2));
    const [inspection] = await inspectConfigs(host, spec, [await setOf(host)]);
    expect(inspection?.resolved).toMatchObject({ session: { reset: { atHour: 5 } } });
    await host.close();
  });
});

test('fault (config): OpenClaw rejects a wish → it is left out alone, and the ways in stand', async () => {
  const host = await machine.withConfig({
    'openclaw.json': `{ gateway: { auth: { mode: 'token', token: 'an-old-shared-token-0001' } } }\n`,
  });
  const spec = await specWith({
    tools: { agentToAgent: { enabled: true, allow: [{ from: 'main', to: 'ops' }] } },
  });
  const report = await run(host, spec);
  expect(report.outcome).toBe('rolled-back');
  expect(mergeStep(report)?.warnings).toMatchObject([
    {
      code: 'CONFIG_WISH_LEFT_OUT',
      message: expect.stringContaining('openclaw.config.tools.agentToAgent.allow'),
    },
  ]);
  const after = await read(host, 'openclaw.json');
  expect(after).toContain("mode: 'password'");
  expect(after).not.toContain('an-old-shared-token');
  expect(after).toContain('agentToAgent');
  await host.close();
});

/** What a config has at each exclusive path of the policy. Told by looking, not by merging. */
function waysIn(config: Readonly<Record<string, unknown>> | undefined): Record<string, unknown> {
  const paths = openclawPolicy.rules.filter(({ owner }) => owner === 'exclusive').map(({ path }) => path);
  return Object.fromEntries(
    paths.map((path) => [
      path,
      path
        .split('.')
        .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], config),
    ]),
  );
}

type Files = Readonly<Record<string, string>>;

/** The files that the gateway would get; undefined if nothing runs. */
async function accepted(host: ProcessHost, spec: PodSpec, files: Files): Promise<ConfigSet | undefined> {
  const { 'openclaw.json': text = '{}', ...included } = files;
  const live = parseSet(host, { text, includes: new Map(Object.entries(included)) });
  const desired = desiredConfig(spec, host.layout, { run: 'with-gateway' });
  const wanted = { desired, lastApplied: undefined, owners: {}, release: spec.openclaw.version };
  const outcome = await acceptConfig(host, spec, live, wanted);
  return 'rejected' in outcome ? undefined : outcome.set;
}

const withWish = (wish: Record<string, unknown>): PodSpec => ({
  ...decided,
  openclaw: { ...decided.openclaw, config: joined(decided.openclaw.config, wish) },
});

function joined(under: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const both = Object.entries(over).map(([key, value]) => {
    const below = under[key];
    return [key, isObject(below) && isObject(value) ? joined(below, value) : value];
  });
  return { ...under, ...Object.fromEntries(both) };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

describe('what infrastructure decides holds in effect', () => {
  let host: ProcessHost;
  beforeAll(async () => {
    host = await machine.withConfig({});
    // Installs the gateway; it is not started here.
    expect((await converge(await specWith(), host, { phase: 'prepare' })).outcome).toBe('prepared');
  });

  const gateway = `{
    trustedProxies: ['10.200.0.0/16'],
    allowRealIpFallback: true,
    auth: { identityScopes: { 'somebody-else': ['operator.admin'] } },
    roles: { definitions: { member: { scopes: ['operator.admin'] } } },
    controlUi: { allowedOrigins: ['https://elsewhere.example.org'], dangerouslyDisableDeviceAuth: true },
  }`;

  test.each<[string, Record<string, string>]>([
    [
      'beside it',
      {
        'openclaw.json': `{ $include: './ways.json5', gateway: { port: 18789 } }\n`,
        'ways.json5': `// by topic\n{ gateway: ${gateway}, ui: { seamColor: '#336699' } }\n`,
      },
    ],
    [
      'below a key',
      {
        'openclaw.json': `{ gateway: { $include: './gateway.json5' }, ui: { seamColor: '#336699' } }\n`,
        'gateway.json5': `${gateway}\n`,
      },
    ],
  ])('against a file %s', async (_, files) => {
    const set = await accepted(host, decided, files);
    if (set === undefined) throw new Error('nothing runs');
    const [inspection] = await inspectConfigs(host, decided, [set]);
    const effective = inspection?.authored;
    expect(waysIn(effective)).toEqual(waysIn(decided.openclaw.config));
    expect(effective).toMatchObject({
      gateway: { roles: rolesOf(decided.openclaw.config) },
      ui: { seamColor: '#336699' },
    });
    // It is still in use for what is people's.
    expect(set.text).toContain('$include');
  });

  const runs = Number(process.env['FAST_CHECK_RUNS'] ?? 200);
  const seed = Number(process.env['FAST_CHECK_SEED'] ?? Date.now() % 2 ** 31);

  test(
    `against ${runs} random configs of people and one wrong wish each (seed ${seed})`,
    { timeout: 1_500_000 },
    async () => {
      const cases = fc.sample(randomConfigs, { numRuns: runs, seed });
      const running: { case: RandomConfig; set: ConfigSet }[] = [];
      // All at once, so that their host gathers what they ask of OpenClaw.
      await Promise.all(
        cases.map(async (one) => {
          const set = await accepted(host, withWish(one.wish), one.files);
          if (set !== undefined) running.push({ case: one, set });
        }),
      );
      console.log(`config.e2e: ${running.length} of ${runs} configs run, the others do not run`);

      const wanted = waysIn(decided.openclaw.config);
      const inspections = await inspectConfigs(
        host,
        decided,
        running.map(({ set }) => set),
      );
      for (const [index, { valid, authored }] of inspections.entries()) {
        expect({ case: running[index]?.case, valid, ways: waysIn(authored) }).toEqual({
          case: running[index]?.case,
          valid: true,
          ways: wanted,
        });
      }
      // The wish is wrong, not the rest: nearly all of them run.
      expect(running.length).toBeGreaterThan(runs * 0.9);
    },
  );
});

const rolesOf = (config: Record<string, unknown>): unknown =>
  (config['gateway'] as Record<string, unknown>)['roles'];

async function setOf(host: ProcessHost): Promise<ConfigSet> {
  return { text: await read(host, 'openclaw.json'), includes: new Map() };
}
