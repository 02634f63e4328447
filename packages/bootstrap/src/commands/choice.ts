import { namesOf } from '../egress/names.ts';
import type { Host } from '../host/host.ts';
import type { PodSpec } from '../spec/pod-spec.ts';

/** Where commands of agents run, on this host. */
export type Commands =
  | { readonly run: 'apart'; readonly user: string }
  /** `lack`: why they run nowhere, where they are to run apart. */
  | { readonly run: 'off'; readonly lack?: string }
  /** `lack`: why they do not run apart, where they are to. */
  | { readonly run: 'with-gateway'; readonly lack?: string };

/** What is decided of a spec and a host: a host without an account for them runs commands with the gateway, and says so. */
export function commandsOf(
  { agents, openclaw, network, region }: PodSpec,
  { commandsAccount, kind }: Pick<Host, 'commandsAccount' | 'kind'>,
): Commands {
  const closed = namesOf({ network, region }) !== undefined;
  // Where the network cannot be closed for commands that it is to be closed for, none runs.
  const without = (lack: string): Commands => ({ run: closed ? 'off' : 'with-gateway', lack });
  const choice = agents?.commands ?? 'with-gateway';
  if (choice !== 'apart') return { run: choice };
  if (openclaw.version !== measured)
    return without(`OpenClaw ${openclaw.version} was not tried with it: it takes ${measured}.`);
  if ('none' in commandsAccount) return without(commandsAccount.none);
  return closed && kind !== 'systemd'
    ? without('Only systemd holds network.egress, and there is none here.')
    : { run: 'apart', user: commandsAccount.user };
}

/** The release whose node host was tried: docs/decisions/0033. */
const measured = '2026.9.6';
