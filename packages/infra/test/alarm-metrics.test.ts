import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { converge } from '../../bootstrap/src/converge.ts';
import { statusFile } from '../../bootstrap/src/databases/status.ts';
import { metricsFile } from '../../bootstrap/src/host/layout.ts';
import { placesOf } from '../../bootstrap/src/openclaw/databases-program.ts';
import { GatewayLine } from '../../bootstrap/src/openclaw/gateway-line.ts';
import { PeopleFiles } from '../../bootstrap/src/people/people-files.ts';
import { backUpState } from '../../bootstrap/src/steps/back-up.ts';
import { measureBackups } from '../../bootstrap/src/steps/measure-backups.ts';
import { measurePeople } from '../../bootstrap/src/steps/measure-people.ts';
import { measureReplica } from '../../bootstrap/src/steps/measure-replica.ts';
import { startAws, type AwsStandIn } from '../../bootstrap/test/stand-ins/aws.ts';
import { makePod, type TestPod } from '../../bootstrap/test/stand-ins/pod.ts';
import { alarmIds, alarmTable, type AlarmDefinition } from '../src/parts/alarm-table.ts';
import { podMetrics, type PodMetricId } from '../src/parts/metrics.ts';

interface Line {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
  readonly [property: string]: unknown;
}

let pod: TestPod;
let aws: AwsStandIn;
let lines: Line[];

/** What a pod says of itself, read back from where the log agent reads it: no list of it is asked. */
beforeAll(async () => {
  [pod, aws] = await Promise.all([makePod(), startAws()]);
  for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
  const logGroup = '/clawharbor/test';
  // There is no model behind the stand-in, which is an answer, too.
  const spec = pod.spec({ logGroup, smokeTest: true }, { discovery: { test: 'fine' } });
  await converge(spec, pod.host);
  const context = {
    host: pod.host,
    secretEnvironment: async () => ({}),
    line: new GatewayLine(pod.host),
    startedAt: pod.host.now(),
    done: new Map(),
    signal: new AbortController().signal,
  };
  const backups = pod.spec({ logGroup, backups: { bucket: 'bucket', drillEveryDays: 7 } });
  await backUpState.apply({ ...context, spec: backups });
  await measureBackups.apply({ ...context, spec: backups });
  // Databases are replicated on an instance only; what replicates them says how far it is in a file.
  const host = Object.create(pod.host, { kind: { value: 'systemd' } }) as typeof pod.host;
  const status = statusFile(placesOf(host.layout));
  await mkdir(dirname(status), { recursive: true });
  const at = host.now().getTime();
  await writeFile(status, JSON.stringify({ at, epoch: 'one', databases: {} }));
  const fileSystem = {
    id: 'fs-0123456789abcdef0',
    stateAccessPoint: 'fsap-0123456789abcdef0',
    artifactsAccessPoint: 'fsap-0123456789abcdef1',
    databases: 'replicated' as const,
  };
  await measureReplica.apply({ ...context, host, spec: pod.spec({ logGroup, fileSystem }) });
  // The list of people is kept by a unit of its own.
  const people = new PeopleFiles(host.layout);
  await people.prepare();
  await people.write([], host.now());
  const login = {
    userPool: 'eu-central-1_Pool',
    client: 'client',
    url: 'https://prefix.auth.eu-central-1.amazoncognito.com',
  };
  // The plugin is part of a bundle; these are sources.
  vi.stubGlobal('PLUGIN_FILES', { 'index.js': '' });
  await measurePeople.apply({ ...context, spec: pod.spec({ logGroup, login }) });
  const text = await readFile(metricsFile(pod.host.layout), 'utf8');
  lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}, 120_000);

afterAll(async () => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  await pod.close();
  await aws.close();
});

const own = Object.entries(podMetrics).filter(([, { namespace }]) => namespace === 'Clawharbor');
/** Only Linux says what a process holds. */
const elsewhere = process.platform === 'linux' ? [] : ['GatewayMemory'];

test('every metric of a pod is one that its bootstrap writes, in its unit and by the name of the pod, and it writes no other', () => {
  const written = new Map(
    lines.flatMap(({ _aws }) =>
      _aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
        Metrics.map(({ Name, Unit }) => [Name, { Namespace, Dimensions, Unit }] as const),
      ),
    ),
  );
  expect([...written.keys(), ...elsewhere].toSorted()).toEqual(own.map(([, { name }]) => name).toSorted());
  for (const [, { name, namespace, unit }] of own.filter(([, each]) => !elsewhere.includes(each.name)))
    expect(written.get(name)).toEqual({ Namespace: namespace, Dimensions: [['Pod']], Unit: unit });
  for (const { _aws, ...values } of lines)
    for (const { Name } of _aws.CloudWatchMetrics[0]!.Metrics)
      expect(values[Name]).toEqual(expect.any(Number));
});

test('there are as many of them as docs/runbooks says what they cost', async () => {
  const page = await readFile(new URL('../../../docs/runbooks/README.md', import.meta.url), 'utf8');
  expect(page.replaceAll(/\s+/g, ' ')).toContain(`${own.length} of them, 0.30 USD a month each`);
});

/** Documented by AWS, see the addresses in metrics.ts. */
const ofAws: Readonly<Record<string, readonly string[]>> = {
  'AWS/ApplicationELB': [
    'ELBAuthError',
    'ELBAuthFailure',
    'HTTPCode_ELB_502_Count',
    'HTTPCode_Target_4XX_Count',
    'HTTPCode_Target_5XX_Count',
    'HealthyHostCount',
    'RequestCount',
    'TargetResponseTime',
  ],
  'AWS/CertificateManager': ['DaysToExpiry'],
  'AWS/EFS': ['PercentIOLimit'],
};

test('every metric that an alarm names is written: by the bootstrap, or by AWS', () => {
  const names = alarmIds.flatMap((id): PodMetricId[] => {
    const { metric, plus, percentOf }: AlarmDefinition = alarmTable[id];
    return [metric, plus, percentOf].filter((each) => each !== undefined);
  });
  const written = new Set([...lines.flatMap((line) => Object.keys(line)), ...elsewhere]);
  const asked = new Set<string>();
  for (const id of names) {
    const { namespace, name } = podMetrics[id];
    if (namespace === 'Clawharbor') expect(written, id).toContain(name);
    else {
      expect(ofAws[namespace], id).toContain(name);
      asked.add(name);
    }
  }
  expect(Object.values(ofAws).flat().toSorted()).toEqual([...asked].toSorted());
});
