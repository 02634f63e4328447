import { access, chmod, chown, mkdir, rm, stat } from 'node:fs/promises';
import { readIfPresent } from '../../config/files.ts';
import * as z from 'zod';
import { cloudWatchAgentConfig, podUnits, probeNoise } from '../../cloudwatch-agent.ts';
import type { Observation } from '../../conditions.ts';
import { BootstrapError } from '../../errors.ts';
import { metricsFile, type Layout } from '../layout.ts';
import { commandsAccount, egressAccount, gatewayAccount, ollamaAccount, type Account } from './account.ts';
import { must, type Run } from './command.ts';
import { placeFile } from './place-file.ts';
import { marker } from './unit-file.ts';

/** Something the machine needs: whether it is there, and how it gets there. */
export interface Need {
  readonly description: string;
  missing(): Promise<boolean>;
  provide(): Promise<void>;
  /** The gateway can do without it; what is said of that. Absent: it cannot. */
  readonly without?: Pick<Observation, 'type'> & { readonly met: string; readonly lost: string };
}

/** @returns why it could not be provided, where the gateway can do without */
export async function provide(need: Need): Promise<string | undefined> {
  try {
    await need.provide();
    return undefined;
  } catch (error) {
    if (need.without === undefined || !(error instanceof BootstrapError)) throw error;
    return error.message;
  }
}

/** @param lack why it is not there; undefined: it is */
export function conditionOf(
  { type, met, lost }: NonNullable<Need['without']>,
  lack: string | undefined,
): Observation {
  return lack === undefined
    ? { type, status: 'True', reason: 'Provided', message: met }
    : { type, status: 'False', reason: 'NotProvided', message: `${lost}: ${lack}` };
}

export const journalFile = '/etc/systemd/journald.conf.d/clawharbor.conf';
export const logAgentFile = '/opt/aws/amazon-cloudwatch-agent/etc/clawharbor.json';

/** Packages of Amazon Linux 2023 without which there is no gateway, each with a file of it that is really used. */
const packages: Readonly<Record<string, string>> = {
  nodejs24: '/usr/bin/node-24',
  'nodejs24-npm': '/usr/bin/npm-24',
  'amazon-efs-utils': '/usr/sbin/mount.efs',
  'util-linux': '/usr/bin/flock',
  iproute: '/usr/sbin/ip',
  tar: '/usr/bin/tar',
  findutils: '/usr/bin/find',
  'shadow-utils': '/usr/sbin/useradd',
};

/** Everything the machine needs, in the order in which it is provided. */
export function machineNeeds(run: Run, layout: Layout, logGroup: string | undefined): Need[] {
  return [
    installedPackages(run),
    account(run, gatewayAccount),
    account(run, ollamaAccount),
    account(run, commandsAccount),
    account(run, egressAccount),
    directory(layout.home, 0o700, gatewayAccount),
    directory(layout.cache, 0o700, gatewayAccount),
    directory(layout.logs, 0o750, gatewayAccount),
    directory(layout.trash, 0o700, gatewayAccount),
    directory(ollamaAccount.home, 0o700, ollamaAccount),
    directory(layout.commands, 0o700, commandsAccount),
    directory(layout.install, 0o755),
    directory(layout.reports, 0o755),
    directory(layout.artifacts, 0o755),
    journal(run),
    ...(logGroup === undefined ? [] : [logAgent(run, logGroup, metricsFile(layout))]),
  ];
}

function installedPackages(run: Run): Need {
  const absent = async (): Promise<string[]> => {
    const names: string[] = [];
    for (const [name, file] of Object.entries(packages)) if (!(await exists(file))) names.push(name);
    return names;
  };
  return {
    description: `install packages: ${Object.keys(packages).join(', ')}`,
    missing: async () => (await absent()).length > 0,
    provide: async () => {
      await installWithDnf(run, await absent(), 900);
      const still = await absent();
      if (still.length > 0) {
        throw new BootstrapError(
          'HOST_UNSUPPORTED',
          `dnf installed ${still.join(', ')} without ${still.map((name) => packages[name]).join(', ')}: ` +
            'the image must be Amazon Linux 2023.12.20260928 or later',
        );
      }
    },
  };
}

/** @throws BootstrapError `COMMAND_FAILED` with what dnf said */
export async function installWithDnf(
  run: Run,
  names: readonly string[],
  timeoutSeconds: number,
): Promise<void> {
  const how = ['--assumeyes', '--quiet', '--setopt=install_weak_deps=False'];
  await must(run, { file: 'dnf', args: ['install', ...how, ...names], timeoutSeconds });
}

function account(run: Run, wanted: Account): Need {
  const found = async (database: 'passwd' | 'group'): Promise<string[] | undefined> => {
    const result = await run({ file: 'getent', args: [database, wanted.name] });
    return result.exitCode === 0 ? result.stdout.trim().split(':') : undefined;
  };
  return {
    description: `create account ${wanted.name} (${wanted.uid})`,
    missing: async () => {
      const [user, group] = [await found('passwd'), await found('group')];
      const uid = user?.[2] ?? wanted.uid;
      const gid = group?.[2] ?? wanted.gid;
      if (Number(uid) !== wanted.uid || Number(gid) !== wanted.gid) {
        throw new BootstrapError(
          'HOST_UNSUPPORTED',
          `account ${wanted.name} is ${uid}:${gid} here and must be ${wanted.uid}:${wanted.gid}: files on EFS carry it`,
        );
      }
      return user === undefined || group === undefined;
    },
    provide: async () => {
      if ((await found('group')) === undefined) {
        await must(run, { file: 'groupadd', args: [`--gid=${wanted.gid}`, wanted.name] });
      }
      const numbers = [`--uid=${wanted.uid}`, `--gid=${wanted.gid}`];
      const place = [`--home-dir=${wanted.home}`, '--no-create-home', '--shell=/usr/sbin/nologin'];
      await must(run, { file: 'useradd', args: [...numbers, ...place, wanted.name] });
    },
  };
}

function directory(path: string, mode: number, owner?: Account): Need {
  const [uid, gid] = [owner?.uid ?? 0, owner?.gid ?? 0];
  return {
    description: `create ${path}`,
    missing: async () => {
      const found = await stat(path).catch(() => undefined);
      // An existing one keeps the owner that its file system gives it: on EFS the access point decides.
      return found === undefined || (owner !== undefined && found.uid !== uid);
    },
    provide: async () => {
      await mkdir(path, { recursive: true });
      await chown(path, uid, gid);
      await chmod(path, mode);
    },
  };
}

/** Keeps the journal over a reboot, bounded, and lets a gateway that logs in bursts be heard in full. */
function journal(run: Run): Need {
  const path = journalFile;
  const content = `${marker}
[Journal]
Storage=persistent
SystemMaxUse=1G
RateLimitIntervalSec=30s
RateLimitBurst=20000
`;
  return {
    description: 'configure journald',
    missing: async () => (await readIfPresent(path)) !== content,
    provide: async () => {
      await placeFile(path, content, 0o644);
      await must(run, { file: 'systemctl', args: ['restart', 'systemd-journald.service'] });
    },
  };
}

/** The agent reads the journal from its end on, so it runs before anything that has something to say. */
function logAgent(run: Run, logGroup: string, metrics: string): Need {
  const control = '/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl';
  const path = logAgentFile;
  const config = cloudWatchAgentConfig({
    logGroup,
    units: podUnits,
    exclude: probeNoise,
    metricsFile: metrics,
  });
  const content = `${JSON.stringify(config, null, 2)}\n`;
  const running = async (): Promise<boolean> => {
    const result = await run({ file: control, args: ['-a', 'status'] });
    return result.exitCode === 0 && isRunning(result.stdout);
  };
  return {
    description: `ship the journal to ${logGroup}`,
    without: {
      type: 'LogsShipped',
      met: `The journal goes to ${logGroup}.`,
      lost: `Nothing of the journal goes to ${logGroup}; it is on the instance only`,
    },
    missing: async () => (await readIfPresent(path)) !== content || !(await running()),
    provide: async () => {
      // A repository that does not answer holds a gateway up no longer than this.
      if (!(await exists(control))) await installWithDnf(run, ['amazon-cloudwatch-agent'], 120);
      await placeFile(path, content, 0o644);
      const { exitCode, stdout, stderr } = await run({
        file: control,
        args: ['-a', 'fetch-config', '-m', 'ec2', '-s', '-c', `file:${path}`],
      });
      if (exitCode === 0 && (await running())) return;
      // Else an agent that goes on with what the image had it do would pass for one that took this.
      await rm(path, { force: true });
      const said = (stderr.trim() || stdout.trim()).slice(-1000);
      throw new BootstrapError(
        'UNIT_FAILED',
        'amazon-cloudwatch-agent does not run with its config: it must be 1.300070.0 or later, see ' +
          `/opt/aws/amazon-cloudwatch-agent/logs/amazon-cloudwatch-agent.log${said === '' ? '' : `. It said: ${said}`}`,
      );
    },
  };
}

const runningAgent = z.object({ status: z.literal('running'), configstatus: z.literal('configured') });

/** `amazon-cloudwatch-agent-ctl -a status` prints a JSON object. */
function isRunning(output: string): boolean {
  try {
    return runningAgent.safeParse(JSON.parse(output)).success;
  } catch {
    return false;
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
