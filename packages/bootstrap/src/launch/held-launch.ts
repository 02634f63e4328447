import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { reasonOf, type Observation } from '../conditions.ts';
import { writeAtomically } from '../config/atomic-file.ts';
import { parseOrNothing, readIfPresent } from '../config/files.ts';
import type { Layout } from '../host/layout.ts';
import { remedyOf } from './verdict.ts';

const record = z.object({
  /** Which launch of this instance it is. */
  launch: z.string(),
  /** Start of the first run that held it, ISO 8601. */
  since: z.iso.datetime(),
});

/** On this machine: which of its launches is held, and since when. */
export class HeldLaunch {
  readonly #layout: Layout;
  readonly #launch: string;

  constructor(layout: Layout, launch: string) {
    this.#layout = layout;
    this.#launch = launch;
  }

  /** @returns undefined where this launch is not held */
  async since(): Promise<Date | undefined> {
    const text = await readIfPresent(this.#file).catch(() => undefined);
    const known = text === undefined ? undefined : record.safeParse(parseOrNothing(text)).data;
    return known?.launch === this.#launch ? new Date(known.since) : undefined;
  }

  /** A disk that cannot take it is no reason not to hold it. */
  async remember(since: Date): Promise<void> {
    const text = JSON.stringify({ launch: this.#launch, since: since.toISOString() });
    try {
      if ((await readIfPresent(this.#file)) === text) return;
      await mkdir(this.#layout.reports, { recursive: true });
      await writeAtomically(this.#file, text);
    } catch {
      // As above.
    }
  }

  async forget(): Promise<void> {
    await rm(this.#file, { force: true }).catch(() => {});
  }

  get #file(): string {
    return join(this.#layout.reports, 'held-launch.json');
  }
}

/**
 * When Auto Scaling gives up at the latest, however many heartbeats come: "The maximum is 172800 seconds (48 hours) or 100
 * times HeartbeatTimeout, whichever is smaller."
 * @param since some time after the launch began to wait
 * @see https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LifecycleHook.html
 */
export function endOfHold(since: Date, heartbeatSeconds: number): Date {
  return new Date(since.getTime() + Math.min(172_800, 100 * heartbeatSeconds) * 1000);
}

/** @param until see {@link endOfHold} */
export function describeHold(code: string, until: Date): string {
  return `The launch is held until ${until.toISOString()} at the latest: another instance would fail with ${code} as this one has. It can be reached by Session Manager. To mend it, ${remedyOf(code)}; a run each minute sees that, and lets the instance into service`;
}

export function heldCondition(code: string, until: Date): Observation {
  return {
    type: 'LaunchCompleted',
    status: 'False',
    reason: reasonOf(code),
    message: `${describeHold(code, until)}.`,
  };
}

export const completedCondition: Observation = {
  type: 'LaunchCompleted',
  status: 'True',
  reason: 'Mended',
  message: 'It was held, and is in service now.',
};
