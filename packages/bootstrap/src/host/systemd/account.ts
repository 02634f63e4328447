/** An account on the instance with fixed numbers: the same on every instance, because files on EFS carry them. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  /** Numbers of further groups that it is in. Default: none. */
  readonly groups?: readonly number[];
}

/** Runs local models: it has no access to the gateway's state or secrets. */
export const ollamaAccount: Account = { name: 'ollama', uid: 1801, gid: 1801, home: '/var/lib/ollama' };

/** Runs commands of agents: it has nothing of the gateway's but the workspaces, which are its own. */
export const commandsAccount: Account = {
  name: 'openclaw-commands',
  uid: 1802,
  gid: 1802,
  home: '/var/lib/openclaw-commands',
};

/** Runs the proxy by which commands of agents leave the machine: it has nothing at all. */
export const egressAccount: Account = {
  name: 'clawharbor-egress',
  uid: 1803,
  gid: 1803,
  home: '/nonexistent',
};

/**
 * Runs the gateway and owns the state. The EFS access points must use the same numbers as their POSIX user. What runs as it
 * reads the workspaces as the gateway does: OpenClaw 2026.9.6 makes no backup beside a directory that it may not look into.
 */
export const gatewayAccount: Account = {
  name: 'openclaw',
  uid: 1800,
  gid: 1800,
  home: '/home/openclaw',
  groups: [commandsAccount.gid],
};
