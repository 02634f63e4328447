import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Report } from '@clawharbor/bootstrap';
import { runUserData, type Execution, type SystemdContainer } from '../../src/container/index.ts';
import { openDataDirectory, type DataDirectory } from '../../src/pod/data-dir.ts';
import { readDeployment } from '../../src/pod/deployment.ts';
import { fillArtifactCache } from './artifacts.ts';
import { Region, type RegionOptions } from './region.ts';

/** OpenClaw's state directory of an instance. */
export const stateDirectory = '/home/openclaw/.openclaw';
/** The databases on the disk of an instance. */
export const onDisk = '/var/lib/openclaw/current';
/** The agent's, below the state. */
export const agentDatabase = 'agents/main/agent/openclaw-agent.sqlite';

export interface ReplicatedPodOptions {
  /** What is at hand; the first is the pod's. Default: the template's. */
  readonly releases?: readonly Region['spec']['openclaw']['version'][];
  /** Makes file systems of the access points. Default: they are folders */
  readonly fileSystems?: (data: DataDirectory) => Promise<void>;
  /** As of {@link RegionOptions}. */
  readonly beforeUserData?: RegionOptions['beforeUserData'];
}

/** A pod whose databases are on the disk of its instance, with what people and operators do there. */
export class ReplicatedPod {
  readonly region: Region;
  readonly #directory: string;
  /** The instance that is talked to. Its timer does not run: nobody would know when. */
  machine!: SystemdContainer;

  private constructor(region: Region, directory: string) {
    this.region = region;
    this.#directory = directory;
  }

  /** Deploys it, and waits until its first instance is in service. */
  static async deploy({
    releases = [],
    fileSystems,
    beforeUserData,
  }: ReplicatedPodOptions = {}): Promise<ReplicatedPod> {
    const directory = await mkdtemp(join(tmpdir(), 'clawharbor-replicated-'));
    const data = openDataDirectory(directory);
    const deployment = await readDeployment({ directory: data });
    for (const version of releases.length > 0 ? releases : [undefined])
      await fillArtifactCache(directory, deployment, version);
    await fileSystems?.(data);
    const secret = { ANTHROPIC_API_KEY: 'sk-ant-marker', OPENAI_API_KEY: 'sk-openai-marker' };
    const [openclaw] = releases;
    const region = new Region({
      deployment,
      directory: data,
      secret,
      databases: 'replicated',
      ...(beforeUserData && { beforeUserData }),
      ...(openclaw && { openclaw }),
    });
    const pod = new ReplicatedPod(region, directory);
    try {
      await region.start();
      await pod.launched();
      return pod;
    } catch (error) {
      // Nobody else has it: its machines would outlive the test.
      await pod.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.region.close();
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** Waits for the newest instance, and talks to that. */
  async launched(): Promise<void> {
    const { group, launches } = this.region;
    await group.until(({ instances }) => launches.has(instances.at(-1)?.id ?? ''));
    for (const launch of launches.values()) {
      const { exitCode, stdout, stderr } = await launch;
      if (exitCode !== 0) throw new Error(`user data failed: ${stdout}${stderr}`);
    }
    await this.use(this.region.instance);
  }

  async use(instance: SystemdContainer): Promise<void> {
    this.machine = instance;
    await instance.succeed('systemctl', ['stop', 'clawharbor-bootstrap.timer']);
  }

  /** Auto Scaling exchanges its instance, which ends what is under way: a look sees that it is to. */
  async replace(): Promise<void> {
    await this.machine.succeed('systemctl', ['start', 'clawharbor-bootstrap.timer']);
    await this.region.group.terminateAndReplace();
    await this.launched();
  }

  /**
   * The power of its instance fails, and its disk is lost. The next one is what Auto Scaling would launch, without the eight
   * minutes for which it waits for a machine that says nothing any more.
   */
  async losePower(): Promise<void> {
    await this.machine.powerCut();
    const next = await this.region.createInstance('i-0second0000000');
    await next.boot();
    const { exitCode, stdout, stderr } = await runUserData(next);
    if (exitCode !== 0) throw new Error(`user data failed: ${stdout}${stderr}`);
    await this.use(next);
  }

  /** Deploys changes of the spec, and runs the bootstrap. */
  async run(changes: Partial<Region['spec']> = {}, more: readonly string[] = []): Promise<Report> {
    const { spec, deployment } = this.region;
    // Each run starts the timer again, whose run would be the one that sees the change.
    await this.machine.succeed('systemctl', ['stop', 'clawharbor-bootstrap.timer']);
    await this.region.deploy({ ...spec, ...changes });
    const options = ['--watch', '3', '--spec', `ssm:${deployment.specParameter}`, ...more];
    const bootstrap = ['/usr/bin/node-24', '/opt/clawharbor/clawharbor-bootstrap.mjs', 'run', ...options];
    const lock = '/run/clawharbor-bootstrap.lock';
    await this.machine.execute('flock', [lock, ...bootstrap], { timeoutSeconds: 400 });
    const report = await this.report();
    // What a run of the timer starts keeps others from the state, as OpenClaw's own backup does.
    await this.machine.succeed('systemctl', ['stop', 'clawharbor-bootstrap.timer']);
    await this.machine.succeed('flock', [lock, 'true'], { timeoutSeconds: 400 });
    return report;
  }

  async report(): Promise<Report> {
    return JSON.parse(await this.machine.succeed('cat', ['/var/lib/clawharbor/report.json'])) as Report;
  }

  /** Where a run has a client of its own open, OpenClaw refuses another one before it does anything. */
  async openclaw(...args: string[]): Promise<string> {
    for (let again = 10; ; again -= 1) {
      const { exitCode, stdout, stderr } = await this.machine.execute('openclaw', args, {
        timeoutSeconds: 120,
      });
      if (exitCode === 0) return stdout;
      if (again === 0 || !`${stdout}${stderr}`.includes('another OpenClaw process owns'))
        throw new Error(`openclaw ${args.join(' ')}: exit code ${exitCode}: ${stderr}${stdout}`);
      await delay(2000);
    }
  }

  clawharbor(...args: string[]): Promise<Execution> {
    return this.machine.execute('clawharbor-bootstrap', [...args, '--json'], { timeoutSeconds: 300 });
  }

  /** @throws Error where the agent does not answer it */
  async say(message: string): Promise<void> {
    const said = await this.openclaw('agent', '--agent', 'main', '--message', message, '--json');
    if (!said.includes(message.replace('Say ', 'You said: '))) throw new Error(`no answer to it: ${said}`);
  }

  history(): Promise<string> {
    return this.openclaw(
      'gateway',
      'call',
      'chat.history',
      '--json',
      '--params',
      '{"sessionKey":"agent:main:main"}',
    );
  }
}

export const stepOf = ({ steps }: Report, name: string) => steps.find((step) => step.name === name)!;
