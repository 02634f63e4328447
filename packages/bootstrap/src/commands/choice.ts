import type { Host } from '../host/host.ts';
import type { PodSpec } from '../spec/pod-spec.ts';

/** Where commands of agents run, on this host. */
export type Commands =
  | { readonly run: 'apart'; readonly user: string }
  | { readonly run: 'off' }
  /** `lack`: why they do not run apart, where they are to. */
  | { readonly run: 'with-gateway'; readonly lack?: string };

/** What is decided of a spec and a host: a host without an account for them runs commands with the gateway, and says so. */
export function commandsOf(
  { agents, openclaw }: PodSpec,
  { commandsAccount }: Pick<Host, 'commandsAccount'>,
): Commands {
  const choice = agents?.commands ?? 'with-gateway';
  if (choice !== 'apart') return { run: choice };
  if (openclaw.version !== measured)
    return {
      run: 'with-gateway',
      lack: `OpenClaw ${openclaw.version} was not tried with it: it takes ${measured}.`,
    };
  return 'none' in commandsAccount
    ? { run: 'with-gateway', lack: commandsAccount.none }
    : { run: 'apart', user: commandsAccount.user };
}

/** The release whose node host was tried: docs/decisions/0033. */
const measured = '2026.9.6';
