import { resolve } from 'node:path';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { ProcessHost } from '../host/process/process-host.ts';
import { lookProgram } from '../look/bundled.ts';
import { SystemdHost } from '../host/systemd/systemd-host.ts';

export interface HostOptions {
  readonly host: 'systemd' | 'process';
  readonly root?: string;
  readonly state?: string;
  readonly artifacts?: string;
  readonly backups?: string;
  readonly install?: string;
  readonly logs?: string;
}

export interface OpenHost {
  readonly host: Host;
  /** Ends what does not outlive this process. */
  readonly close: () => Promise<void>;
}

/**
 * @param recurringSpec the spec, if the instance is to converge to it again at boot and when it has changed
 * @throws BootstrapError `USAGE`
 */
export function openHost(
  { host, root, state, artifacts, backups, install, logs }: HostOptions,
  recurringSpec?: string,
): OpenHost {
  if (host === 'systemd') {
    const script = resolve(process.argv[1] ?? '');
    const look = lookProgram();
    const again = { program: [process.execPath, script], spec: recurringSpec ?? '', look: look ?? '' };
    const recurs = recurringSpec !== undefined && look !== undefined;
    const opened = new SystemdHost(recurs ? { recur: again } : {});
    return { host: opened, close: () => opened.close() };
  }
  if (root === undefined || state === undefined || artifacts === undefined) {
    throw new BootstrapError('USAGE', '--host process needs --root, --state and --artifacts.');
  }
  const opened = new ProcessHost({
    root,
    state,
    artifacts,
    ...(backups === undefined ? {} : { backups }),
    ...(install === undefined ? {} : { install }),
    ...(logs === undefined ? {} : { logs }),
  });
  return { host: opened, close: () => opened.close() };
}
