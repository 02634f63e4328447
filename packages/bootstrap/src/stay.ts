import { readSecret } from './aws/secret.ts';
import { LossWatch } from './config/lost-config.ts';
import { converge, type ConvergeOptions } from './converge.ts';
import { BootstrapError } from './errors.ts';
import { PeopleFiles } from './people/people-files.ts';
import type { Host } from './host/host.ts';
import type { Report } from './report.ts';
import { loadPodSpec } from './spec/load.ts';
import type { PodSpec } from './spec/pod-spec.ts';
import { peopleToAdmit } from './steps/assign-roles.ts';
import { areBackupsDue } from './steps/back-up.ts';

export interface StayOptions extends ConvergeOptions {
  /** File or `ssm:NAME`: read again each time. */
  readonly source: string;
  /** From one look at spec and secret to the next, in seconds. */
  readonly intervalSeconds: number;
  /** {@link revisionOf} from before the run that made the pod what it is; undefined if it could not be had. */
  readonly known: string | undefined;
  readonly signal: AbortSignal;
  readonly onReport: (report: Report) => void;
  /** A look that failed; the next one is made all the same. */
  readonly onProblem: (error: BootstrapError) => void;
}

/** From one look at the live config to the next: nobody edits anything that fast in a browser. */
const configLookSeconds = 1;

/**
 * Converges again whenever the spec, the secret or the people have changed, somebody was there for the first time, a backup is
 * due, or the config was lost.
 */
export async function stay(host: Host, options: StayOptions): Promise<void> {
  let { known } = options;
  const watch = new LossWatch(host);
  while (!options.signal.aborted) {
    const isLost = await untilNextLook(host, options, watch);
    if (options.signal.aborted) return;
    try {
      const spec = await loadPodSpec(options.source);
      const revision = await revisionOf(spec, host);
      if (!isLost && revision === known && !(await isSomethingDue(host, spec))) continue;
      const report = await converge(spec, host, options);
      if (options.signal.aborted) return;
      options.onReport(report);
      // Also after a failure: the same inputs would fail again, and each try may restart the gateway.
      known = revision;
    } catch (error) {
      if (!(error instanceof BootstrapError)) throw error;
      options.onProblem(error);
    }
  }
}

/** @returns whether the config is lost; then it is not waited for the rest of the time */
async function untilNextLook(host: Host, options: StayOptions, watch: LossWatch): Promise<boolean> {
  const next = host.elapsed() + options.intervalSeconds * 1000;
  for (;;) {
    const left = next - host.elapsed();
    if (left <= 0 || options.signal.aborted) return false;
    await host.sleep(Math.min(left, configLookSeconds * 1000), options.signal).catch(() => {});
    if (!options.signal.aborted && (await watch.look())) return true;
  }
}

/** What only time brings. */
async function isSomethingDue(host: Host, spec: PodSpec): Promise<boolean> {
  return (await peopleToAdmit(host, spec)).length > 0 || (await areBackupsDue(host, spec));
}

/** Changes whenever what the pod should be does: asked before a run, so that what changes during it is found after it. */
export async function revisionOf(spec: PodSpec, { layout }: Pick<Host, 'layout'>): Promise<string> {
  const version = spec.secret ? (await readSecret(spec.secret.arn, spec.region)).version : '';
  const people = spec.login && (await new PeopleFiles(layout).read())?.people;
  return JSON.stringify([spec, version, people]);
}
