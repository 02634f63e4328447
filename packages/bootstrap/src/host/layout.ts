import { join } from 'node:path';

/**
 * Where things live on a host: the one seam for state. Durable parts lie on EFS, what can be rebuilt lies on the
 * local disk, secrets lie in memory. Steps name a part and never a path.
 */
export interface Layout {
  /** Durable (EFS): OpenClaw's state directory with `openclaw.json`, databases, workspace. */
  readonly state: string;
  /** Durable (EFS): artifacts by content, so that a replacement needs no registry. */
  readonly artifacts: string;
  /**
   * Durable (EFS): archives of the state. Beside the artifacts, not in the state: no archive holds another, what ruins the
   * state does not reach them, and the gateway's unit does not see them.
   */
  readonly backups: string;
  /** Durable (EFS): what was replicated of the databases. Beside the artifacts for the same reasons. */
  readonly replica: string;
  /** Local: the databases, while a gateway has them there. What this disk loses the replica has. */
  readonly databases: string;
  /** Durable (EFS): what Clawharbor itself must remember: last applied config, previous configs, the fence. */
  readonly records: string;
  /** Rebuilt at boot: the installed OpenClaw, a folder per version. */
  readonly install: string;
  /** Rebuilt at boot: compile cache and other caches. SQLite and caches are slow on EFS. */
  readonly cache: string;
  /** Local: log files of the gateway. */
  readonly logs: string;
  /** Local: the report of the last run. */
  readonly reports: string;
  /** Local: home of the account that commands of agents run as, with the state of what runs them. */
  readonly commands: string;
  /** Home directory of the gateway's user. */
  readonly home: string;
  /** Local, in memory: who may be in the pod. The bootstrap's own, and the gateway reads it. */
  readonly people: string;
  /** Durable (EFS): the same, and who was put out by hand. Beside the artifacts, because the gateway's unit must not see it. */
  readonly peopleRecords: string;
  /** Local: what people remove, as an agent with its files. OpenClaw has it as `.Trash` in its home. */
  readonly trash: string;
}

/** Lines that become metrics, on their way to the log group: root's, so that no agent can write one. */
export function metricsFile({ reports }: Layout): string {
  return join(reports, 'metrics.log');
}

/** The instance: https://www.freedesktop.org/software/systemd/man/latest/file-hierarchy.html */
export const instanceLayout: Layout = {
  state: '/home/openclaw/.openclaw',
  artifacts: '/var/cache/clawharbor/artifacts',
  backups: '/var/cache/clawharbor/artifacts/backups',
  replica: '/var/cache/clawharbor/artifacts/replica',
  databases: '/var/lib/openclaw',
  records: '/home/openclaw/.openclaw/.clawharbor',
  install: '/opt/openclaw',
  cache: '/var/cache/openclaw',
  logs: '/var/log/openclaw',
  reports: '/var/lib/clawharbor',
  commands: '/var/lib/openclaw-commands',
  home: '/home/openclaw',
  people: '/run/clawharbor-people/list',
  peopleRecords: '/var/cache/clawharbor/artifacts/people',
  trash: '/var/lib/openclaw-trash',
};
