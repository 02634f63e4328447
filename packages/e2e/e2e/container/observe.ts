import { expect } from 'vitest';
import { z } from 'zod';
import type { Execution, SystemdContainer } from '../../src/container/index.ts';
import { userData } from './region.ts';

const reportSchema = z.object({
  outcome: z.string(),
  startedAt: z.string(),
  steps: z.array(z.object({ name: z.string(), status: z.string(), durationMs: z.number() })),
});

/** What the last run of the bootstrap says. */
export async function lastReport(instance: SystemdContainer): Promise<z.output<typeof reportSchema>> {
  return reportSchema.parse(JSON.parse(await instance.succeed('cat', ['/var/lib/clawharbor/report.json'])));
}

/** Runs the bootstrap as user data and the timer do: one at a time. */
export async function bootstrap(instance: SystemdContainer, spec?: string) {
  const script = userData.replace(/ssm:\S+/, (source) => spec ?? source);
  return instance.execute('sh', ['-c', script], { timeoutSeconds: 300 });
}

/** A property of a service. */
export async function property(instance: SystemdContainer, name: string, unit = 'openclaw'): Promise<string> {
  const text = await instance.succeed('systemctl', [
    'show',
    `${unit}.service`,
    '--value',
    `--property=${name}`,
  ]);
  return text.trim();
}

/** What the gateway answers on the instance itself; 0 while nothing does. */
export async function readyStatus(instance: SystemdContainer): Promise<number> {
  const format = ['--silent', '--output', '/dev/null', '--write-out', '%{http_code}'];
  const { stdout } = await instance.execute('curl', [...format, 'http://127.0.0.1:5173/readyz']);
  return Number(stdout);
}

export async function untilReady(instance: SystemdContainer): Promise<void> {
  await expect.poll(() => readyStatus(instance), { timeout: 120_000, interval: 500 }).toBe(200);
}

/** @throws Error with all it printed, when it failed */
export async function succeeded(execution: Promise<Execution>): Promise<void> {
  const { exitCode, stdout, stderr } = await execution;
  if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${stdout}${stderr}`);
}
