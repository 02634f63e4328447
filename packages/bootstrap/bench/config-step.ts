/**
 * What the config step of a replacement costs whose config is what the same release has run with: over one start of
 * `openclaw config validate`, which that step made before. Real OpenClaw; installs it from npm the first time.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { GatewayLine } from '../src/openclaw/gateway-line.ts';
import { converge } from '../src/converge.ts';
import { ProcessHost } from '../src/host/process/process-host.ts';
import { openclawEnvironment, openclawProgram } from '../src/openclaw/gateway-unit.ts';
import { parsePodSpec } from '../src/spec/parse.ts';
import { mergeConfig } from '../src/steps/merge-config.ts';

const rounds = 7;
/** Of one start of OpenClaw's command line. */
const limit = 0.1;

const root = await mkdtemp(join(tmpdir(), 'clawharbor-bench-'));
const artifacts = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'clawharbor-e2e/artifacts',
);
const host = new ProcessHost({ root: join(root, 'machine'), state: join(root, 'state'), artifacts });
const spec = parsePodSpec(
  {
    apiVersion: 'clawharbor/v1',
    name: 'bench',
    region: 'eu-central-1',
    openclaw: {
      version: '2026.9.6',
      config: { gateway: { mode: 'local', port: 18_789, bind: 'loopback', auth: { mode: 'password' } } },
    },
  },
  'the bench',
);
const context = {
  spec,
  host,
  secretEnvironment: () => Promise.resolve({}),
  line: new GatewayLine(host),
  startedAt: host.now(),
  done: new Map(),
  signal: new AbortController().signal,
};

try {
  const { outcome } = await converge(spec, host, { phase: 'prepare' });
  if (outcome !== 'prepared') throw new Error(`OpenClaw could not be installed: ${outcome}`);
  await mkdir(host.layout.records, { recursive: true, mode: 0o700 });
  const first = await timed(() => mergeConfig.apply(context));
  const steps: number[] = [];
  const starts: number[] = [];
  // In turn, so that both see the same machine.
  for (let round = 0; round < rounds; round++) {
    steps.push(await timed(() => mergeConfig.apply(context)));
    starts.push(await timed(validate));
  }
  const ratio = median(steps) / median(starts);
  console.log(`config step, first run      ${first.toFixed(0)} ms`);
  console.log(`config step, nothing new    ${median(steps).toFixed(0)} ms`);
  console.log(`openclaw config validate    ${median(starts).toFixed(0)} ms`);
  console.log(`ratio                       ${ratio.toFixed(3)} (limit ${limit})`);
  if (ratio > limit) process.exitCode = 1;
} finally {
  await host.close();
  await rm(root, { recursive: true, force: true });
}

async function validate(): Promise<void> {
  const { exitCode, stderr } = await host.run({
    file: host.node,
    args: [openclawProgram(host.layout, spec.openclaw.version), 'config', 'validate', '--json'],
    environment: openclawEnvironment(host, spec),
  });
  if (exitCode !== 0) throw new Error(stderr);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
