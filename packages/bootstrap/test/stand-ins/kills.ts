import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { converge } from '../../src/converge.ts';
import { ProcessHost } from '../../src/host/process/process-host.ts';
import { makePod, type TestPod } from './pod.ts';
import { endOf, keepAs, runUntil, type Instant } from './power-cut.ts';

/** A setting of people's own in their own style, and something that infrastructure decides otherwise. */
const peoples = `{ "messages": {"prefix":  "mine"},
  "gateway": { "mode": "remote" } }
`;

/**
 * A pod that can be brought back to where it was, so that the same run can be killed again and again: either on a new
 * instance, or where a change of the spec arrives.
 */
export class Kills {
  readonly pod: TestPod;
  /** How long a run takes that nobody disturbs, in milliseconds, and how much it says. */
  undisturbed = { milliseconds: 0, events: 0 };
  readonly #specFile: string;
  readonly #start: string;
  #end: unknown;

  private constructor(pod: TestPod) {
    this.pod = pod;
    this.#specFile = join(pod.directory, '..', `${pod.directory.split('/').at(-1)}.spec.json`);
    this.#start = `${pod.directory}.start`;
  }

  static async on(where: 'a new instance' | 'a change'): Promise<Kills> {
    const pod = await makePod();
    const kills = new Kills(pod);
    await pod.writeConfig(peoples);
    if (where === 'a change') {
      expect((await converge(pod.spec(), pod.host)).outcome).toBe('ready');
      await pod.host.close();
    }
    await writeFile(kills.#specFile, JSON.stringify(kills.#spec()));
    await keepAs(pod.directory, kills.#start);
    const start = Date.now();
    const { lastEvent, events } = await runUntil({ event: Infinity }, pod, kills.#specFile);
    kills.undisturbed = { milliseconds: Date.now() - start, events };
    expect(JSON.parse(lastEvent), lastEvent).toMatchObject({ event: 'report', outcome: 'ready' });
    await kills.#finish();
    kills.#end = await endOf(pod);
    return kills;
  }

  /** Kills a run at an instant and runs once more. @returns whether the kill came before the run was through */
  async killAt(instant: Instant): Promise<boolean> {
    await keepAs(this.#start, this.pod.directory);
    const { wasCut, lastEvent } = await runUntil(instant, this.pod, this.#specFile);
    const when = `killed at ${JSON.stringify(instant)}, after ${lastEvent.slice(0, 80)}`;
    expect(await this.#config(), when).toContain('"prefix":  "mine"');
    await this.#finish();
    expect(await endOf(this.pod), when).toEqual(this.#end);
    return wasCut;
  }

  /** Runs once more, on the same machine. */
  async #finish(): Promise<void> {
    const { state, artifacts, logs } = this.pod.host.layout;
    const host = new ProcessHost({ root: join(this.pod.directory, 'instance-0'), state, artifacts, logs });
    const report = await converge(this.#spec(), host);
    await host.close();
    const problems = report.steps.flatMap(({ error, warnings }) => [...warnings, ...(error ? [error] : [])]);
    expect(problems).toEqual([]);
    expect(report.outcome).toBe('ready');
  }

  async close(): Promise<void> {
    await this.pod.close();
    for (const path of [this.#start, this.#specFile]) await rm(path, { recursive: true, force: true });
  }

  #spec() {
    return this.pod.spec({}, { discovery: { round: 'changed' } });
  }

  #config(): Promise<string> {
    return readFile(join(this.pod.host.layout.state, 'openclaw.json'), 'utf8');
  }
}
