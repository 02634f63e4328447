import { join } from 'node:path';
import * as z from 'zod';
import { sha256 } from '../config/config-records.ts';
import { parseOrNothing, readIfPresent } from '../config/files.ts';
import { forgetRecord, writeRecord } from '../config/record-file.ts';
import type { Layout } from '../host/layout.ts';
import type { PodSpec } from '../spec/pod-spec.ts';

const record = z.object({
  /** Digest of the spec that they failed by. */
  spec: z.string(),
  /** For each code the instance that has failed with it first. */
  failures: z.record(z.string(), z.string()),
});

export const failedLaunchesName = 'failed-launches.json';

/**
 * Beside the state, which outlives the instance: what launches by this spec have failed with since the last one that came into
 * service. Where it cannot be read or written there is none, and each launch is the first.
 */
export class FailedLaunches {
  readonly #layout: Layout;
  readonly #spec: string;

  constructor(layout: Layout, spec: PodSpec) {
    this.#layout = layout;
    this.#spec = sha256(JSON.stringify(spec));
  }

  /** Whether another instance has failed with this code, too. */
  async hasFailedElsewhere(code: string, instanceId: string): Promise<boolean> {
    const first = (await this.#failures())[code];
    return first !== undefined && first !== instanceId;
  }

  async remember(code: string, instanceId: string): Promise<void> {
    const failures = await this.#failures();
    if (Object.hasOwn(failures, code)) return;
    const text = JSON.stringify({ spec: this.#spec, failures: { ...failures, [code]: instanceId } });
    await writeRecord(this.#layout, failedLaunchesName, `${text}\n`).catch(() => {});
  }

  async forget(): Promise<void> {
    await forgetRecord(this.#layout, failedLaunchesName).catch(() => {});
  }

  async #failures(): Promise<Readonly<Record<string, string>>> {
    const file = join(this.#layout.records, failedLaunchesName);
    const text = await readIfPresent(file).catch(() => undefined);
    const known = text === undefined ? undefined : record.safeParse(parseOrNothing(text)).data;
    return known?.spec === this.#spec ? known.failures : {};
  }
}
