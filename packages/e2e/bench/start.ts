/**
 * What a pod takes besides OpenClaw's own start: a replacement's run until Auto Scaling is told, and a second `up` on a laptop
 * until its URL is printed, each over what the gateway itself took from its exec to ready in the same start. Real OpenClaw,
 * through the command line; fetched from npm the first time.
 */
import { performance } from 'node:perf_hooks';
import { timelineOf, type Report } from '@clawharbor/bootstrap';
import { LocalPod } from '../e2e/support/local-pod.ts';
import { median, print, type Figure } from './figures.ts';

const rounds = 3;
const limits = { replacement: 1.15, secondUp: 1.3 } as const;

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
  await pod.end();
  const again: Start[] = [];
  for (let round = 0; round < rounds; round++) again.push(await secondUp());
  print([
    held('a replacement, start to CONTINUE, over exec to ready in it', replaced, limits.replacement),
    held('a second up, over exec to ready in it', again, limits.secondUp),
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
