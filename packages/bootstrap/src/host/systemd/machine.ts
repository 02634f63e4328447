import { access, chmod, chown, mkdir, stat } from 'node:fs/promises';
import { readIfPresent } from '../../config/files.ts';
import { z } from 'zod';
import { cloudWatchAgentConfig, podUnits, probeNoise } from '../../cloudwatch-agent.ts';
import { BootstrapError } from '../../errors.ts';
import type { Layout } from '../layout.ts';
import { gatewayAccount, ollamaAccount, type Account } from './account.ts';
import { must, type Run } from './command.ts';
import { placeFile } from './place-file.ts';
import { marker } from './unit-file.ts';

/** Something the machine needs: whether it is there, and how it gets there. */
export interface Need {
  readonly description: string;
  missing(): Promise<boolean>;
  provide(): Promise<void>;
}

/** Packages of Amazon Linux 2023, each with a file of it that is really used. */
const packages: Readonly<Record<string, string>> = {
  nodejs24: '/usr/bin/node-24',
  'nodejs24-npm': '/usr/bin/npm-24',
  'amazon-efs-utils': '/usr/sbin/mount.efs',
  'amazon-cloudwatch-agent': '/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl',
  'util-linux': '/usr/bin/flock',
  tar: '/usr/bin/tar',
  'shadow-utils': '/usr/sbin/useradd',
};

/** Everything the machine needs, in the order in which it is provided. */
export function machineNeeds(run: Run, layout: Layout, logGroup: string | undefined): Need[] {
  return [
    installedPackages(run),
    account(run, gatewayAccount),
    account(run, ollamaAccount),
    directory(layout.home, 0o700, gatewayAccount),
    directory(layout.cache, 0o700, gatewayAccount),
    directory(layout.logs, 0o750, gatewayAccount),
    directory(ollamaAccount.home, 0o700, ollamaAccount),
    directory(layout.install, 0o755),
    directory(layout.reports, 0o755),
    directory(layout.artifacts, 0o755),
    journal(run),
    ...(logGroup === undefined ? [] : [logAgent(run, logGroup)]),
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
      await must(run, {
        file: 'dnf',
        args: ['install', '--assumeyes', '--quiet', '--setopt=install_weak_deps=False', ...(await absent())],
        timeoutSeconds: 900,
      });
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
  const path = '/etc/systemd/journald.conf.d/clawharbor.conf';
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
function logAgent(run: Run, logGroup: string): Need {
  const control = '/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl';
  const path = '/opt/aws/amazon-cloudwatch-agent/etc/clawharbor.json';
  const config = cloudWatchAgentConfig({ logGroup, units: podUnits, exclude: probeNoise });
  const content = `${JSON.stringify(config, null, 2)}\n`;
  const running = async (): Promise<boolean> => {
    const result = await run({ file: control, args: ['-a', 'status'] });
    return result.exitCode === 0 && isRunning(result.stdout);
  };
  return {
    description: `ship the journal to ${logGroup}`,
    missing: async () => (await readIfPresent(path)) !== content || !(await running()),
    provide: async () => {
      await placeFile(path, content, 0o644);
      await must(run, {
        file: control,
        args: ['-a', 'fetch-config', '-m', 'ec2', '-s', '-c', `file:${path}`],
      });
      if (await running()) return;
      throw new BootstrapError(
        'UNIT_FAILED',
        'amazon-cloudwatch-agent does not run with its config: it must be 1.300070.0 or later, see ' +
          '/opt/aws/amazon-cloudwatch-agent/logs/amazon-cloudwatch-agent.log',
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
