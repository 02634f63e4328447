import type { Owner } from '@clawharbor/config-merge';
import type { Commands } from './choice.ts';

type Config = Readonly<Record<string, unknown>>;

/** Name of the node host in the gateway: what `tools.exec.node` points at. */
export const nodeName = 'commands';

/**
 * File tools stay in the workspace, because they run in the gateway: without it `read` gives an agent the config and the
 * environment of the gateway. It is also what OpenClaw 2026.9.6 asks a person for, where an agent wants to change the config by its
 * tool `openclaw`: without it, an agent in the turn of an administrator sets `tools.exec.host` by itself.
 */
const confined = { fs: { workspaceOnly: true }, elevated: { enabled: false } };

/** What infrastructure decides of the config so that commands run where they are to. */
export function commandsConfig({ run }: Pick<Commands, 'run'>): Config {
  return decided[run];
}

const decided: Readonly<Record<Commands['run'], Config>> = {
  apart: {
    tools: { exec: { host: 'node', node: nodeName }, ...confined },
    // Who has the key of the node host could offer the model tools of its own.
    gateway: { nodes: { pluginTools: { enabled: false }, pairing: { sshVerify: false } } },
  },
  off: { tools: { exec: { mode: 'deny' }, ...confined } },
  'with-gateway': {},
};

/** Owners of {@link commandsConfig}: what people or their agents set there is taken back. */
export function commandsOwners({ run }: Pick<Commands, 'run'>): Readonly<Record<string, Owner>> {
  if (run === 'with-gateway') return {};
  const exec = run === 'apart' ? ['tools.exec.host', 'tools.exec.node'] : ['tools.exec.mode'];
  const paths = [...exec, 'tools.fs.workspaceOnly', 'tools.elevated'];
  return Object.fromEntries(
    paths.flatMap((path) => [path, `agents.entries.*.${path}`].map((each) => [each, 'exclusive' as const])),
  );
}

/** A config with another one in it: what both say, the second one says. */
export function overlaid(config: Config, over: Config): Config {
  const merged = Object.entries(over).map(([key, value]) => {
    const before = Object.hasOwn(config, key) ? config[key] : undefined;
    return [key, isObject(before) && isObject(value) ? overlaid(before, value) : value];
  });
  return { ...config, ...Object.fromEntries(merged) };
}

function isObject(value: unknown): value is Config {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
