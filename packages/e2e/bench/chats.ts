/**
 * What chats and starts take on a file system whose every answer takes a while, with the databases there (`efs`) and on the disk of the
 * instance (`replicated`): a booted instance with real OpenClaw, whose file systems are those of the two access points, slowed by
 * `slow-storage.c`. Needs root, systemd-nspawn and a C compiler.
 */
import { cp, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PodSpec } from '@clawharbor/bootstrap/spec';
import { deepmergeCustom } from 'deepmerge-ts';
import { readyStatus } from '../e2e/container/observe.ts';
import { ReplicatedPod } from '../e2e/container/replicated-pod.ts';
import { execute, succeed, whyNoContainer } from '../src/container/index.ts';
import { median, print } from './figures.ts';
import { idleProcessorTime } from './idle.ts';
import { memoryAtRest } from './memory.ts';

/** Microseconds for which a file server is asked. EFS: https://docs.aws.amazon.com/efs/latest/ug/performance.html */
const latencies = (process.env['LATENCIES'] ?? '0,500,1000,2000,3000').split(',').map(Number);
const modes = (['replicated', 'efs'] as const).filter((mode) =>
  (process.env['MODES'] ?? mode).includes(mode),
);
const turns = 6;
const shim = '/opt/slow-storage.so';
const disk = '/var/lib/openclaw';

const reason = await whyNoContainer();
if (reason !== undefined) throw new Error(`cannot be measured here: ${reason}`);

const scratch = await mkdtemp(join(tmpdir(), 'clawharbor-chats-'));
const mounted: string[] = [];
let devices = '';
let pod: ReplicatedPod | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void close().finally(() => process.exit(1)));
}

/** Of one mode at one latency; milliseconds. */
interface Measured {
  readonly coldReady: number;
  readonly warmReady: number;
  readonly firstChat: number;
  readonly chat: number;
  /** The databases from their replica, where they come from one. */
  readonly restore?: number;
}

try {
  const object = join(scratch, 'slow-storage.so');
  await succeed('cc', [
    '-shared',
    '-fPIC',
    '-O2',
    '-o',
    object,
    join(import.meta.dirname, 'slow-storage.c'),
    '-ldl',
  ]);
  say('an instance comes into service');
  pod = await ReplicatedPod.deploy({
    fileSystems: async ({ efs, artifacts: folder }) => {
      for (const each of [efs, folder]) {
        await succeed('mount', ['-t', 'tmpfs', '-o', 'size=6g', 'clawharbor-efs', each]);
        mounted.push(each);
      }
      devices = (await Promise.all([efs, folder].map(async (each) => (await stat(each)).dev))).join(',');
    },
  });
  await cp(object, join(pod.machine.root, shim));
  say('what its parts hold at rest');
  console.table(await memoryAtRest(pod.machine));
  print([await idleProcessorTime(pod)]);
  const all = new Map<string, Measured>();
  for (const mode of modes) {
    const fileSystem = { ...pod.region.spec.fileSystem!, databases: mode };
    const openclaw = withPeopleOnLoopback(pod.region.spec.openclaw);
    const { outcome, steps } = await pod.run({ fileSystem, openclaw });
    if (outcome === 'failed') throw new Error(JSON.stringify(steps.flatMap(({ error }) => error ?? [])));
    for (const latency of latencies)
      all.set(`${mode} ${latency}`, told(mode, latency, await measure(pod, mode, latency)));
  }
  console.table([...all].map(([name, measured]) => ({ 'mode, µs': name, ...measured })));
  const of = (mode: string, latency: number): number =>
    (all.get(`${mode} ${latency}`)?.chat ?? Number.NaN) / 1000;
  if (latencies.includes(0) && latencies.includes(1000)) {
    print([
      {
        figure: 'a chat turn, databases on the disk, at 1 ms for an answer, over the same at none',
        seconds: of('replicated', 1000),
        over: of('replicated', 0),
        limit: of('replicated', 0) * 1.3,
      },
      {
        figure: 'the same at 1 ms over databases on the file system',
        seconds: of('replicated', 1000),
        over: of('efs', 1000),
        // Wanted was an eighth.
        limit: of('efs', 1000) / 6,
        aim: { ratio: 0.125, decision: 29 },
      },
    ]);
  }
} finally {
  await close();
}

async function close(): Promise<void> {
  for (const each of mounted.splice(0)) await execute('umount', ['--lazy', each]);
  await pod?.close().catch((error: unknown) => console.error(error));
  await rm(scratch, { recursive: true, force: true });
}

async function measure(of: ReplicatedPod, mode: (typeof modes)[number], latency: number): Promise<Measured> {
  const { machine } = of;
  const slow = `SLOW_MICROSECONDS=${latency} SLOW_DEVICES=${devices} LD_PRELOAD=${shim}`;
  const units = mode === 'replicated' ? ['openclaw', 'openclaw-replica'] : ['openclaw'];
  for (const unit of units) {
    const directory = `/run/systemd/system/${unit}.service.d`;
    await machine.succeed('sh', [
      '-c',
      `mkdir -p ${directory} && printf '[Service]\\nEnvironment=${slow}\\n' > ${directory}/slow.conf`,
    ]);
  }
  await machine.succeed('systemctl', ['daemon-reload']);
  await machine.succeed('systemctl', ['stop', 'openclaw']);
  const restore = mode === 'replicated' ? await restored(of, slow) : undefined;
  if (mode === 'efs') await asOnNetworkFileSystem(of);
  // The state, too, has not been read yet on a machine that has just been launched.
  await succeed('sh', ['-c', 'sync; echo 3 > /proc/sys/vm/drop_caches']);
  const coldReady = await started(of);
  await machine.succeed('systemctl', ['stop', 'openclaw']);
  const warmReady = await started(of);
  const [firstChat = Number.NaN, ...more] = await chats(of);
  const measured = { coldReady, warmReady, firstChat, chat: median(more) };
  return restore === undefined ? measured : { ...measured, restore };
}

/**
 * Without a WAL, as OpenClaw makes its databases on a network file system. At no latency this one is none, and a database that has a WAL
 * does not open where it is one: 2026.9.6 says that it is locked, and ends.
 */
async function asOnNetworkFileSystem({ machine }: ReplicatedPod): Promise<void> {
  const program = `
    for (const file of require('node:fs').globSync('/home/openclaw/.openclaw/{state,agents/*/agent}/*.sqlite'))
      new (require('node:sqlite').DatabaseSync)(file).exec('PRAGMA journal_mode = DELETE');`;
  const node = ['/usr/bin/node-24', '--no-warnings', '--eval', program];
  await machine.succeed('setpriv', ['--reuid=openclaw', '--regid=openclaw', '--clear-groups', '--', ...node]);
}

/** The databases come to the disk of a machine that has none of them. */
async function restored({ machine }: ReplicatedPod, slow: string): Promise<number> {
  const holder = '/var/cache/clawharbor/artifacts/replica';
  await machine.succeed('sh', [
    '-c',
    `mv ${disk}/current ${disk}/before && mv ${disk}/epoch ${disk}/epoch.before`,
  ]);
  const places = JSON.stringify({
    state: '/home/openclaw/.openclaw',
    local: disk,
    replica: holder,
    agents: ['main'],
  });
  const bring = `${slow} setpriv --reuid=openclaw --regid=openclaw --clear-groups -- /usr/bin/node-24 --no-warnings /usr/local/lib/clawharbor-databases.mjs bring '${places}'`;
  const began = performance.now();
  await machine.succeed('sh', ['-c', `env ${bring}`], { timeoutSeconds: 600 });
  const took = Math.round(performance.now() - began);
  await machine.succeed('rm', ['-rf', `${disk}/before`, `${disk}/epoch.before`]);
  return took;
}

async function started({ machine, region }: ReplicatedPod): Promise<number> {
  const began = performance.now();
  await machine.succeed('systemctl', ['start', 'openclaw']);
  while ((await readyStatus(region, machine)) !== 200) {
    if (performance.now() - began > 900_000) throw new Error('the gateway is not ready after 900 s');
    await sleep(50);
  }
  return Math.round(performance.now() - began);
}

/** From the machine itself: what lies between it and a load balancer is not measured. */
async function chats({ machine, region }: ReplicatedPod): Promise<number[]> {
  const { gatewayPort, dnsNames } = region.deployment;
  const client = [
    '--conditions=source',
    '--disable-warning=ExperimentalWarning',
    join(import.meta.dirname, 'turns.ts'),
    `https://${dnsNames[0]}`,
    `http://127.0.0.1:${gatewayPort}`,
    String(turns),
  ];
  // Not at once: the model that answers is this process.
  const inIt = [`--target=${machine.pid}`, '--net', '--', process.execPath, ...client];
  const answer = await succeed('nsenter', inIt, { timeoutSeconds: 900 });
  return JSON.parse(answer) as number[];
}

/** A load balancer has an address of its own; here people come from where the gateway is. */
function withPeopleOnLoopback(openclaw: PodSpec['openclaw']): PodSpec['openclaw'] {
  const gateway = {
    trustedProxies: ['127.0.0.1/32'],
    auth: { trustedProxy: { allowLoopback: true } },
  };
  const replace = deepmergeCustom({ mergeArrays: false });
  return { ...openclaw, config: replace(openclaw.config, { gateway }) };
}

function told(mode: string, latency: number, measured: Measured): Measured {
  say(`${mode}, ${latency} µs: ${JSON.stringify(measured)}`);
  return measured;
}

function say(line: string): void {
  console.error(`${Math.round(performance.now() / 1000)} s: ${line}`);
}
