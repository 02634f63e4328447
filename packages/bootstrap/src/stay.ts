import { readSecret } from './aws/secret.ts';
import { converge, type ConvergeOptions } from './converge.ts';
import { BootstrapError } from './errors.ts';
import type { Host } from './host/host.ts';
import type { Report } from './report.ts';
import { loadPodSpec } from './spec/load.ts';
import type { PodSpec } from './spec/pod-spec.ts';
import { administratorsToAdmit } from './steps/assign-roles.ts';

export interface StayOptions extends ConvergeOptions {
  /** File or `ssm:NAME`: read again each time. */
  readonly source: string;
  /** From one look at spec and secret to the next, in seconds. */
  readonly intervalSeconds: number;
  readonly signal: AbortSignal;
  readonly onReport: (report: Report) => void;
  /** A look that failed; the next one is made all the same. */
  readonly onProblem: (error: BootstrapError) => void;
}

/** Converges again whenever the spec or the secret has changed, or an administrator was there for the first time. */
export async function stay(first: PodSpec, host: Host, options: StayOptions): Promise<void> {
  let known = await revisionOf(first).catch(() => undefined);
  while (!options.signal.aborted) {
    await host.sleep(options.intervalSeconds * 1000, options.signal).catch(() => {});
    if (options.signal.aborted) return;
    try {
      const spec = await loadPodSpec(options.source);
      const revision = await revisionOf(spec);
      if (revision === known && (await administratorsToAdmit(host, spec)).length === 0) continue;
      options.onReport(await converge(spec, host, options));
      // Also after a failure: the same inputs would fail again, and each try may restart the gateway.
      known = revision;
    } catch (error) {
      if (!(error instanceof BootstrapError)) throw error;
      options.onProblem(error);
    }
  }
}

async function revisionOf(spec: PodSpec): Promise<string> {
  const version = spec.secret ? (await readSecret(spec.secret.arn, spec.region)).version : '';
  return JSON.stringify([spec, version]);
}
