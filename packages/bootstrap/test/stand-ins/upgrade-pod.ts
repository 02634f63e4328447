import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { converge } from '../../src/converge.ts';
import { whyNoOwnWorld } from '../../src/host/own-world.ts';
import { ProcessHost } from '../../src/host/process/process-host.ts';
import type { OpenClawVersion } from '../../src/openclaw-release.ts';
import type { Report, StepReport } from '../../src/report.ts';
import type { PodSpec } from '../../src/spec/pod-spec.ts';
import type { JournalStep } from '../../src/upgrade/records.ts';
import { makePod, storeStandIn, type TestPod } from './pod.ts';

export const [old, next] = ['2026.9.5', '2026.9.6'] as const;
export const watchSeconds = 0.2;

/** A pod that runs with {@link old} and has two sessions; {@link next} is to be had, too. */
export class UpgradePod {
  readonly #pod: TestPod;
  host: ProcessHost;
  /** Why nothing is rehearsed on this machine; undefined where it is. */
  readonly noWorld: string | undefined;

  static async create(): Promise<UpgradePod> {
    const pod = await makePod();
    await storeStandIn(pod.directory, old, { state: 17, agent: 21 });
    await storeStandIn(pod.directory, next, { state: 18, agent: 23 });
    const noWorld = await whyNoOwnWorld(pod.host);
    if (noWorld !== undefined) console.warn(`Without rehearsals: ${noWorld}`);
    const made = new UpgradePod(pod, noWorld);
    expect((await made.run(old)).outcome).toBe('ready');
    made.#agent((database) =>
      database.exec("INSERT INTO session_nodes VALUES ('agent:main:one'), ('agent:main:two')"),
    );
    // What a release before this change would have left.
    const { state } = pod.host.layout;
    await mkdir(join(state, 'workspace'));
    await writeFile(join(state, 'workspace', 'BOOTSTRAP.md'), 'read me');
    return made;
  }

  private constructor(pod: TestPod, noWorld: string | undefined) {
    this.#pod = pod;
    this.host = pod.host;
    this.noWorld = noWorld;
  }

  async close(): Promise<void> {
    await this.host.close();
    await this.#pod.close();
  }

  spec(version: OpenClawVersion, changes: Partial<PodSpec> = {}): PodSpec {
    const usual = this.#pod.spec();
    return { ...usual, ...changes, openclaw: { ...usual.openclaw, version } };
  }

  run(version: OpenClawVersion, changes: Partial<PodSpec> = {}): Promise<Report> {
    return converge(this.spec(version, changes), this.host, { watchSeconds });
  }

  get directory(): string {
    return this.#pod.directory;
  }

  readConfig(): Promise<Record<string, unknown>> {
    return this.#pod.readConfig();
  }

  writeConfig(text: string): Promise<void> {
    return this.#pod.writeConfig(text);
  }

  /** @returns an instance beside the one that runs */
  otherInstance(): ProcessHost {
    return this.#pod.replace();
  }

  /** Another instance takes the pod over. */
  async replace(): Promise<void> {
    await this.host.close();
    this.host = this.#pod.replace();
  }

  #agent<T>(action: (database: DatabaseSync) => T): T {
    const file = join(this.host.layout.state, 'agents/main/agent/openclaw-agent.sqlite');
    const database = new DatabaseSync(file);
    try {
      return action(database);
    } finally {
      database.close();
    }
  }

  sessions(): unknown {
    return this.#agent((database) => database.prepare('SELECT count(*) AS n FROM session_nodes').get()!['n']);
  }

  schema(): unknown {
    return this.#agent((database) => database.prepare('PRAGMA user_version').get()!['user_version']);
  }

  async record(name: string): Promise<unknown> {
    return JSON.parse(await readFile(join(this.host.layout.records, name), 'utf8'));
  }

  async pid(): Promise<number | undefined> {
    return (await this.host.units.state('openclaw')).pid;
  }

  /** Makes {@link next} misbehave in a way of `openclaw.mjs`; undefined: no longer. */
  async breakIt(way: string | undefined): Promise<void> {
    await converge(this.spec(next), this.host, { phase: 'prepare' });
    const file = join(this.host.layout.install, next, 'node_modules/openclaw/broken');
    await (way === undefined ? rm(file, { force: true }) : writeFile(file, way));
  }

  /** The next run ends an upgrade that was cut short as an undisturbed one would have. */
  async expectFinished(): Promise<void> {
    const report = await this.run(next);
    expect(report.steps.flatMap(({ error }) => error ?? [])).toEqual([]);
    expect(report).toMatchObject({ openclaw: next });
    expect([this.sessions(), this.schema()]).toEqual([2, 23]);
    expect(await this.record('release.json')).toMatchObject({ version: next });
    await this.expectTidy();
    const again = await this.run(next);
    const changed = again.steps.filter(({ status }) => status === 'changed');
    expect(changed.map(({ name, changes }) => [name, changes])).toEqual([]);
    expect(again.outcome).toBe('unchanged');
  }

  /** Nothing of an upgrade is left but its record. */
  async expectTidy(): Promise<void> {
    expect(existsSync(join(this.host.layout.records, 'upgrade-copy'))).toBe(false);
    expect((await readdir(this.host.layout.cache)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  }

  /**
   * Lets a run of its own upgrade the pod, killed as soon as the journal says that this step begins; what comes after it is
   * on the same instance.
   * @param resumed how many runs have gone on with it by then
   */
  async killedAt(step: JournalStep, resumed = 0): Promise<void> {
    await this.host.close();
    const { state, artifacts, logs } = this.#pod.host.layout;
    const instance = { root: join(this.#pod.directory, 'instance-0'), state, artifacts, logs };
    const program = `
    import { converge, ProcessHost } from '${new URL('../../src/index.ts', import.meta.url).href}';
    await converge(${JSON.stringify(this.spec(next))}, new ProcessHost(${JSON.stringify(instance)}), { watchSeconds: ${watchSeconds} });`;
    const child = spawn(process.execPath, ['--conditions=source', '--input-type=module', '--eval', program]);
    const ended = new Promise((resolve) => child.once('close', resolve));
    const isThere = async () =>
      (await this.record('upgrade.json').catch(() => undefined)) as
        { step?: string; resumed?: number } | undefined;
    for (
      let found = await isThere();
      (found?.step !== step || (found.resumed ?? 0) !== resumed) && child.exitCode === null;
      found = await isThere()
    ) {
      await sleep(1);
    }
    // A step is cut short at its begin, or in the middle of it.
    await sleep(Math.random() * 200);
    child.kill('SIGKILL');
    await ended;
    // A backup that nobody waits for any more ends by itself; until then it writes to what the next run sweeps.
    while ((await this.#processesWith('\0backup\0')).length > 0) await sleep(50);
    // Between the start of a gateway and its record, nobody can know of it: only a laptop has such a moment.
    const recorded = await readFile(join(instance.root, 'units', 'openclaw.json'), 'utf8').catch(() => '{}');
    const { process: running } = JSON.parse(recorded) as { process?: { pid: number } };
    const left = (await this.#processesWith('\0gateway\0')).filter((each) => each !== running?.pid);
    for (const each of left) process.kill(each, 'SIGKILL');
    this.host = new ProcessHost(instance);
  }

  /** Processes of this pod whose command line has these words in it. */
  async #processesWith(words: string): Promise<number[]> {
    const found: number[] = [];
    for (const name of (await readdir('/proc')).filter((each) => /^\d+$/.test(each))) {
      const line = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
      if (line.includes(this.#pod.directory) && line.includes(words)) found.push(Number(name));
    }
    return found;
  }
}

export const upgradeOf = (report: Report): StepReport => report.steps.find(({ name }) => name === 'upgrade')!;
