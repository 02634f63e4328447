/**
 * What a pod takes besides OpenClaw's own start: a replacement's run until Auto Scaling is told, and a second `up` on a laptop
 * until its URL is printed, each over what the gateway itself took from its exec to ready in the same start. And a replacement over
 * what a script in user data does as a rule: `npm install` on an empty machine, a start, and a look every five seconds. Real
 * OpenClaw, through the command line; fetched from npm.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { performance } from 'node:perf_hooks';
import { timelineOf, type Report } from '@clawharbor/bootstrap';
import { LocalPod } from '../e2e/support/local-pod.ts';
import { tryPort } from '../src/pod/port.ts';
import { median, print, type Figure } from './figures.ts';

const rounds = 3;
/** Wanted of the last three were 1.3, 0.28 and 0.75: see decision 31. */
const limits = { replacement: 1.15, secondUp: 1.5, script: 0.35, ownStart: 1.15 } as const;
const pollMilliseconds = 5000;
/** How exactly the script's own start is known. */
const lookMilliseconds = 100;

/** Seconds, and those of the gateway's own start within them. */
interface Start {
  readonly whole: number;
  readonly own: number;
}

const pod = await LocalPod.create();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void pod.end().finally(() => process.exit(1)));
}
try {
  say('a first up, which installs OpenClaw');
  await pod.up();
  const replaced: Start[] = [];
  for (let round = 0; round < rounds; round++) replaced.push(await replacement());
  const { openclaw } = reportOf(pod);
  await pod.end();
  const scripts: Start[] = [];
  for (let round = 0; round < rounds; round++) scripts.push(await script(openclaw));
  const again: Start[] = [];
  for (let round = 0; round < rounds; round++) again.push(await secondUp());
  print([
    held('a replacement, start to CONTINUE, over exec to ready in it', replaced, limits.replacement),
    {
      ...overScripts(
        'a replacement over npm install, a start and looks',
        replaced,
        scripts,
        'whole',
        limits.script,
      ),
      aim: { ratio: 0.28, decision: 31 },
    },
    {
      ...overScripts(
        'exec to ready in a replacement, over the same in that script',
        replaced,
        scripts,
        'own',
        limits.ownStart,
      ),
      aim: { ratio: 0.75, decision: 31 },
    },
    {
      ...held('a second up, over exec to ready in it', again, limits.secondUp),
      aim: { ratio: 1.3, decision: 31 },
    },
  ]);
} finally {
  await pod.end();
}

async function replacement(): Promise<Start> {
  const { exitCode, stderr } = pod.command('replace');
  if (exitCode !== 0) throw new Error(`replace ended with ${exitCode}: ${stderr}`);
  const report = reportOf(pod);
  const { end } = timelineOf(report);
  if (end === undefined) throw new Error(`the run of the new instance ended as ${report.outcome}`);
  return told('a replacement', { whole: end / 1000, own: ownStart(report) });
}

async function secondUp(): Promise<Start> {
  const began = performance.now();
  await pod.up();
  const whole = (performance.now() - began) / 1000;
  const own = ownStart(reportOf(pod));
  await pod.end();
  return told('a second up', { whole, own });
}

/** Without a lockfile and without anything that an earlier machine has left, until a look finds it ready. */
async function script(version: string): Promise<Start> {
  const directory = await mkdtemp(join(tmpdir(), 'clawharbor-script-'));
  const state = join(directory, 'state');
  const port = await tryPort(0);
  await mkdir(state, { mode: 0o700 });
  const gateway = { mode: 'local', port, bind: 'loopback', auth: { mode: 'password' } };
  await writeFile(join(state, 'openclaw.json'), JSON.stringify({ gateway }), { mode: 0o600 });
  const environment = {
    ...process.env,
    HOME: directory,
    OPENCLAW_STATE_DIR: state,
    OPENCLAW_CONFIG_PATH: join(state, 'openclaw.json'),
    OPENCLAW_GATEWAY_PASSWORD: 'a-password-of-the-bench',
    OPENCLAW_NO_RESPAWN: '1',
  };
  const began = performance.now();
  const install = [
    'install',
    '--prefix',
    directory,
    '--cache',
    join(directory, 'cache'),
    `openclaw@${version}`,
  ];
  await ended(
    spawn('npm', [...install, '--no-audit', '--no-fund'], { stdio: ['ignore', 'ignore', 'inherit'] }),
  );
  const program = join(directory, 'node_modules/openclaw/openclaw.mjs');
  const running = spawn(process.execPath, [program, 'gateway', '--port', String(port)], {
    env: environment,
    stdio: 'ignore',
    detached: true,
  });
  try {
    const isReady = () =>
      fetch(`http://127.0.0.1:${port}/readyz`).then(
        ({ status }) => status === 200,
        () => false,
      );
    const executed = performance.now();
    while (!(await isReady())) {
      if (running.exitCode !== null) throw new Error(`the gateway ended with ${running.exitCode}`);
      await sleep(lookMilliseconds);
    }
    const ready = performance.now() - executed;
    // The script's first look is at once.
    const looked = Math.ceil(ready / pollMilliseconds) * pollMilliseconds;
    const whole = (executed - began + looked) / 1000;
    return told(`npm install, a start, a look every ${pollMilliseconds / 1000} s`, {
      whole,
      own: ready / 1000,
    });
  } finally {
    const gone = running.exitCode === null ? ended(running).catch(() => {}) : Promise.resolve();
    process.kill(-running.pid!, 'SIGKILL');
    await gone;
    await rm(directory, { recursive: true, force: true });
  }
}

/** @throws Error where it ended with another code than 0 */
function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${child.spawnfile} ended with ${code}`)),
    );
  });
}

/** Medians of a part of both. */
function overScripts(
  figure: string,
  replaced: readonly Start[],
  scripts: readonly Start[],
  part: keyof Start,
  limit: number,
): Figure {
  const over = median(scripts.map((start) => start[part]));
  return { figure, seconds: median(replaced.map((start) => start[part])), over, limit: over * limit };
}

function reportOf(of: LocalPod): Report {
  const { report } = of.status();
  if (report === undefined) throw new Error('the pod has no report');
  return report;
}

function ownStart({ gateway }: Report): number {
  if (gateway === undefined) throw new Error('no gateway was started in the run');
  return gateway.startMs / 1000;
}

function told(what: string, start: Start): Start {
  say(
    `${what}: ${start.whole.toFixed(1)} s, ${(start.whole / start.own).toFixed(2)} × ${start.own.toFixed(1)} s`,
  );
  return start;
}

/** The start whose ratio is the median. */
function held(figure: string, starts: readonly Start[], limit: number): Figure {
  const ratio = ({ whole, own }: Start) => whole / own;
  const middle = median(starts.map(ratio));
  const { whole, own } = starts.find((start) => ratio(start) === middle)!;
  return { figure, seconds: whole, over: own, limit: own * limit };
}

function say(line: string): void {
  console.error(`${Math.round(performance.now() / 1000)} s: ${line}`);
}
