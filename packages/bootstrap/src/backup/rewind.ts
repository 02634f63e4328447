import { configuredAgents } from '../openclaw/configured-agents.ts';
import { stageDatabases, type StagedDatabases } from '../openclaw/databases-program.ts';
import { rewindDatabases } from '../openclaw/gateway-databases.ts';
import { gatewayUnitName } from '../openclaw/gateway-unit.ts';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { removeBelow } from '../temporary/sweep.ts';
import type { BackupContext } from './create.ts';
import { inspectDatabases } from './databases.ts';
import { rowLosses, unseen } from './losses.ts';
import { beginRestore } from './restore.ts';
import { behindTheFence } from './writer-lock.ts';

/** What going back in time with the databases would do, or did. */
export interface Rewound {
  /** What each database has: all that was committed by then, as ISO 8601. By their paths below the state. */
  readonly asOf: Readonly<Record<string, string>>;
  /** Databases of which nothing was replicated at that time: they stay as they are. */
  readonly without: readonly string[];
  /** Databases of agents that were removed since: they stay away. */
  readonly removed: readonly string[];
  /** Rows that came after that time, a line for each table. */
  readonly losses: readonly string[];
}

/**
 * Says what going back would do. Changes nothing.
 * @throws BootstrapError `REPLICA_MISSING` where nothing was replicated at that time; `REPLICA_DAMAGED`
 */
export async function planRewind(context: BackupContext, at: Date): Promise<Rewound> {
  return staged(context, at, async (_, rewound) => rewound);
}

/**
 * Puts the databases as they were at a time, by what was replicated, in place of those that there are: people, sessions, what they
 * said. Files stay as they are: config, workspace, media. What the databases were is replicated as well, so that one can go
 * forward again by the same way. The gateway is not started: a normal run does that.
 * @throws BootstrapError as {@link planRewind}, and `STATE_LOCKED`: then nothing was changed
 */
export async function rewind(context: BackupContext, at: Date): Promise<Rewound> {
  return staged(context, at, async (copies, rewound) => {
    const { host, signal } = context;
    await beginRestore(context);
    signal.throwIfAborted();
    await host.units.stop(gatewayUnitName);
    await behindTheFence(host, () => rewindDatabases(host, copies));
    return rewound;
  });
}

async function staged<T>(
  { host }: Pick<BackupContext, 'host'>,
  at: Date,
  action: (copies: StagedDatabases, rewound: Rewound) => Promise<T>,
): Promise<T> {
  if (host.kind !== 'systemd')
    throw new BootstrapError(
      'HOST_UNSUPPORTED',
      'Databases are replicated by instances alone: restore a backup.',
    );
  const copies = await stageDatabases(host, at, await configuredAgents(host));
  try {
    const { directory, ...rest } = copies;
    return await action(copies, { ...rest, losses: await newer(host, directory) });
  } finally {
    await removeBelow(host.layout.databases, copies.directory);
  }
}

async function newer(host: Host, directory: string): Promise<string[]> {
  const then = await inspectDatabases(host, directory, { mustBeFiles: true });
  const known = new Set(then.map(({ file }) => file));
  const now = await inspectDatabases(host, host.layout.state);
  const losses = rowLosses(
    then,
    now.filter(({ file }) => known.has(file)),
  );
  const schemas = then.flatMap(({ file, schema }) => {
    const other = now.find((each) => each.file === file);
    return other === undefined || other.schema === schema
      ? []
      : [
          `${file}: its schema would be ${schema} again instead of ${other.schema}, of another release of OpenClaw`,
        ];
  });
  return [...(await unseen(host)), ...schemas, ...losses];
}
