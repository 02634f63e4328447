import { existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { converge, planRun, ProcessHost, type PhaseChoice, type Report } from '@clawharbor/bootstrap';
import { parsePodSpec } from '@clawharbor/bootstrap/spec';
import { startModel, type ModelServer } from '../../src/model/index.ts';
import { tryPort } from '../../src/pod/port.ts';
import { GatewayClient } from './gateway-client.ts';
import { origin, teamConfig } from './team-config.ts';

/** Shared by all tests, so that a release is fetched once; backups of a test lie beside its own. */
const cache = join(homedir(), '.cache/clawharbor-e2e/artifacts');

/** Seconds that a test watches a new release; a pod takes longer. */
const watchSeconds = 3;

/** A pod on this machine whose release changes, with people in front of it. */
export class UpgradePod {
  readonly directory: string;
  readonly port: number;
  host: ProcessHost;
  readonly model: ModelServer;
  readonly #smokeTest: boolean;
  #instances = 0;

  private constructor(directory: string, port: number, model: ModelServer, smokeTest: boolean) {
    this.#smokeTest = smokeTest;
    this.directory = directory;
    this.port = port;
    this.model = model;
    share(cache, this.#artifacts);
    this.host = this.#open();
  }

  /** @param options `smokeTest`: as in the spec. Default: true */
  static async open({ smokeTest = true }: { readonly smokeTest?: boolean } = {}): Promise<UpgradePod> {
    const model = await startModel({ listen: { host: '127.0.0.1', port: 0 } });
    const directory = mkdtempSync(join(tmpdir(), 'clawharbor-upgrade-'));
    return new UpgradePod(directory, await tryPort(0), model, smokeTest);
  }

  /** What the spec says: this release. @param seconds makes it another spec. @param agents what it says for all agents besides */
  spec(version: string, seconds = 120, agents: Readonly<Record<string, unknown>> = {}) {
    const config = teamConfig(this.port, this.model.url, ['ann-sub']);
    return parsePodSpec(
      {
        apiVersion: 'clawharbor/v1',
        name: 'team',
        region: 'eu-central-1',
        readyTimeoutSeconds: seconds,
        smokeTest: this.#smokeTest,
        openclaw: {
          version,
          config: { ...config, agents: { defaults: { ...config.agents.defaults, ...agents } } },
        },
      },
      'the test',
    );
  }

  /** One run of the bootstrap. */
  async converge(
    version: string,
    {
      seconds = 120,
      watch = watchSeconds,
      phase = 'all',
      agents = {},
    }: {
      readonly seconds?: number;
      readonly watch?: number;
      readonly phase?: PhaseChoice;
      readonly agents?: Readonly<Record<string, unknown>>;
    } = {},
  ): Promise<Report> {
    const report = await converge(this.spec(version, seconds, agents), this.host, {
      watchSeconds: watch,
      phase,
    });
    share(this.#artifacts, cache);
    return report;
  }

  plan(version: string) {
    return planRun(this.spec(version), this.host);
  }

  /** Another instance with the same durable state; the one before has ended. */
  async replace(): Promise<void> {
    await this.host.close();
    this.host = this.#open();
  }

  /** The directory of the instance: what a run in another process is given. */
  get root(): string {
    return join(this.directory, `instance-${this.#instances - 1}`);
  }

  /** The same instance, after a run of another process on it. */
  async reopen(): Promise<void> {
    await this.host.close();
    this.#instances -= 1;
    this.host = this.#open();
  }

  connect(identity: string): Promise<GatewayClient> {
    const headers = {
      host: new URL(origin).host,
      'x-amzn-oidc-identity': identity,
      'x-amzn-oidc-data': 'present',
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '203.0.113.7',
    };
    return GatewayClient.connect(origin, headers, `http://127.0.0.1:${this.port}`);
  }

  async close(): Promise<void> {
    await this.host.close();
    await this.model.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  get #artifacts(): string {
    return join(this.directory, 'artifacts');
  }

  #open(): ProcessHost {
    const root = join(this.directory, `instance-${this.#instances++}`);
    return new ProcessHost({
      root,
      state: join(this.directory, 'home', '.openclaw'),
      artifacts: this.#artifacts,
      logs: join(this.directory, 'logs'),
    });
  }
}

/** Gives one directory the artifacts of another, without a copy; the checksum last. */
function share(from: string, to: string): void {
  mkdirSync(from, { recursive: true });
  mkdirSync(to, { recursive: true });
  const names = readdirSync(from).filter((name) => /^openclaw-.*\.tar\.zst(\.sha256)?$/.test(name));
  for (const name of names.toSorted())
    if (!existsSync(join(to, name))) linkSync(join(from, name), join(to, name));
}
