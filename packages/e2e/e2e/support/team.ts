import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { converge, ProcessHost, type Report } from '@clawharbor/bootstrap';
import {
  defaultOpenClawVersion,
  parsePodSpec,
  type OpenClawVersion,
  type PodSpec,
  type PodSpecInput,
} from '@clawharbor/bootstrap/spec';
import { startModel, type ModelServer } from '../../src/model/index.ts';
import { tryPort } from '../../src/pod/port.ts';
import { GatewayClient } from './gateway-client.ts';
import { origin, teamConfig } from './team-config.ts';

export interface TeamOptions {
  /** Default: that of a new pod. */
  readonly version?: OpenClawVersion;
  /** Of the model: how long eight characters take, in milliseconds. Default: 40. */
  readonly chunkDelay?: number;
  /** Where commands of agents run. Default: as the spec has it. */
  readonly commands?: NonNullable<PodSpecInput['agents']>['commands'];
  /** As in the spec. Default: as the spec has it. */
  readonly backups?: PodSpecInput['backups'];
}

/**
 * The real gateway, brought up by the bootstrap, with nothing in front of it: whoever connects from this machine says who
 * they are, as the load balancer would say it.
 */
export class Team {
  readonly host: ProcessHost;
  readonly #directory: string;
  readonly #port: number;
  readonly #model: ModelServer;
  readonly #options: TeamOptions;

  private constructor(directory: string, port: number, model: ModelServer, options: TeamOptions) {
    this.#options = options;
    this.#directory = directory;
    this.#port = port;
    this.#model = model;
    this.host = new ProcessHost({
      root: join(directory, 'instance'),
      state: join(directory, 'state'),
      artifacts: join(homedir(), '.cache/clawharbor-e2e/artifacts'),
      backups: join(directory, 'backups'),
    });
  }

  static async open(options: TeamOptions = {}): Promise<Team> {
    const { chunkDelay = 40 } = options;
    const model = await startModel({ listen: { host: '127.0.0.1', port: 0 }, chunkDelay });
    return new Team(mkdtempSync(join(tmpdir(), 'clawharbor-team-')), await tryPort(0), model, options);
  }

  /** One run of the bootstrap with these administrators, and with more config. */
  async converge(administrators: readonly string[], more: Record<string, unknown> = {}): Promise<Report> {
    const report = await converge(this.spec(administrators, more), this.host);
    if (report.outcome === 'failed') throw new Error(JSON.stringify(report.steps.at(-1)));
    return report;
  }

  /** Installs OpenClaw, and no more. */
  async prepare(): Promise<Report> {
    return converge(this.spec([]), this.host, { phase: 'prepare' });
  }

  /** A page of the gateway, as its own machine reaches it. */
  url(path: string): string {
    return `http://127.0.0.1:${this.#port}${path}`;
  }

  /** Waits until the model has been asked this: a turn is under way. On a busy machine that may take minutes. */
  async untilAsked(text: string): Promise<void> {
    const asked = () =>
      this.#model.requests.some(({ messages }) => messages.some(({ content }) => content.includes(text)));
    for (let left = 600_000; !asked(); left -= 50) {
      if (left <= 0) throw new Error(`nobody asked the model: ${text}`);
      await delay(50);
    }
  }

  /** Connects as a browser of this person would. */
  connect(identity: string): Promise<GatewayClient> {
    const headers = {
      host: new URL(origin).host,
      'x-amzn-oidc-identity': identity,
      'x-amzn-oidc-data': 'present',
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '203.0.113.7',
    };
    return GatewayClient.connect(origin, headers, `http://127.0.0.1:${this.#port}`);
  }

  async close(): Promise<void> {
    await this.host.close();
    await this.#model.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** The pod with these administrators. */
  spec(administrators: readonly string[], more: Record<string, unknown> = {}): PodSpec {
    const { version = defaultOpenClawVersion, backups, commands } = this.#options;
    const config = { ...teamConfig(this.#port, this.#model.url, administrators), ...more };
    return parsePodSpec(
      {
        apiVersion: 'clawharbor/v1',
        name: 'team',
        region: 'eu-central-1',
        ...(backups === undefined ? {} : { backups }),
        ...(commands === undefined ? {} : { agents: { commands } }),
        openclaw: { version, config },
      },
      'the test',
    );
  }
}
