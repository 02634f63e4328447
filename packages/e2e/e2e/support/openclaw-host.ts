import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { converge, type ProcessHost, type Report } from '@clawharbor/bootstrap';
import { parsePodSpec, type PodSpec } from '@clawharbor/bootstrap/spec';
import { expect } from 'vitest';
import { tryPort } from '../../src/pod/port.ts';
import { artifacts } from '../container/artifacts.ts';
import { GatheringHost } from './gathered-inspections.ts';

/** One installation of the real OpenClaw, and a state of its own for each gateway. */
export class OpenClawMachine {
  readonly #root: string;
  readonly #hosts: ProcessHost[] = [];

  private constructor(root: string) {
    this.#root = root;
  }

  static async create(): Promise<OpenClawMachine> {
    return new OpenClawMachine(await mkdtemp(join(tmpdir(), 'clawharbor-openclaw-')));
  }

  /** A host with a config of these files and nothing else in its state. */
  async withConfig(files: Readonly<Record<string, string>>): Promise<ProcessHost> {
    const state = join(this.#root, `state-${this.#hosts.length}`);
    const host = new GatheringHost({ root: join(this.#root, 'machine'), state, artifacts });
    this.#hosts.push(host);
    await mkdir(state, { mode: 0o700 });
    await write(host, files);
    return host;
  }

  async close(): Promise<void> {
    for (const host of this.#hosts) await host.close();
    await rm(this.#root, { recursive: true, force: true });
  }
}

export async function write(host: ProcessHost, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const file = join(host.layout.state, name);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, text, { mode: 0o600 });
  }
}

export const read = (host: ProcessHost, name: string): Promise<string> =>
  readFile(join(host.layout.state, name), 'utf8');

/** A pod for one person on loopback, with more config. */
export async function specWith(config: Record<string, unknown> = {}): Promise<PodSpec> {
  const gateway = { mode: 'local', port: await tryPort(0), bind: 'loopback', auth: { mode: 'password' } };
  return parsePodSpec(
    {
      apiVersion: 'clawharbor/v1',
      name: 'config',
      region: 'eu-central-1',
      readyTimeoutSeconds: 240,
      // It has no model.
      smokeTest: false,
      openclaw: { version: '2026.9.6', config: { gateway, ...config } },
    },
    'the test',
  );
}

export async function run(host: ProcessHost, spec: PodSpec): Promise<Report> {
  const report = await converge(spec, host);
  expect(report.steps.flatMap(({ error }) => error ?? [])).toEqual([]);
  return report;
}
