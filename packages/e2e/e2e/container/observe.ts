import { expect } from 'vitest';
import { z } from 'zod';
import type { Execution, SystemdContainer } from '../../src/container/index.ts';
import type { Region } from './region.ts';

const reportSchema = z.object({
  outcome: z.string(),
  startedAt: z.string(),
  conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
  steps: z.array(z.object({ name: z.string(), status: z.string(), durationMs: z.number() })),
});

/** What the last run of the bootstrap says. */
export async function lastReport(instance: SystemdContainer): Promise<z.output<typeof reportSchema>> {
  return reportSchema.parse(JSON.parse(await instance.succeed('cat', ['/var/lib/clawharbor/report.json'])));
}

/** Runs the bootstrap as its timer does, to the end. @returns how it ended, and what it has said since the boot */
export async function bootstrap(instance: SystemdContainer): Promise<Execution> {
  const unit = 'clawharbor-bootstrap.service';
  const run = await instance.execute('systemctl', ['start', unit], { timeoutSeconds: 300 });
  const journal = await instance.execute('journalctl', ['--boot', '--output=cat', `--unit=${unit}`]);
  return { ...run, stdout: journal.stdout };
}

/** Processor time of a command and of all that it starts, while no run of the timer goes on. */
export async function processorSeconds(instance: SystemdContainer, command: string): Promise<number> {
  const script = `TIMEFORMAT="%U %S"; time ${command} >/dev/null`;
  const lock = ['/run/clawharbor-bootstrap.lock', 'bash', '-c', script];
  const { stderr } = await instance.execute('flock', lock, { timeoutSeconds: 300 });
  return stderr
    .trim()
    .split(/\s+/)
    .map(Number)
    .reduce((a, b) => a + b);
}

/** A property of a service, or of another unit by its whole name. */
export async function property(instance: SystemdContainer, name: string, unit = 'openclaw'): Promise<string> {
  const text = await instance.succeed('systemctl', [
    'show',
    unit.includes('.') ? unit : `${unit}.service`,
    '--value',
    `--property=${name}`,
  ]);
  return text.trim();
}

/** What the gateway answers on the instance itself; 0 while nothing does. */
export async function readyStatus(region: Region, instance = region.instance): Promise<number> {
  const format = ['--silent', '--output', '/dev/null', '--write-out', '%{http_code}'];
  const url = `http://127.0.0.1:${region.deployment.gatewayPort}/readyz`;
  const { stdout } = await instance.execute('curl', [...format, url]);
  return Number(stdout);
}

export async function untilReady(region: Region, instance = region.instance): Promise<void> {
  await expect.poll(() => readyStatus(region, instance), { timeout: 120_000, interval: 500 }).toBe(200);
}

/** @throws Error with all it printed, when it failed */
export async function succeeded(execution: Promise<Execution>): Promise<void> {
  const { exitCode, stdout, stderr } = await execution;
  if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${stdout}${stderr}`);
}
