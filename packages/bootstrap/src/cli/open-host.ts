import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { ProcessHost } from '../host/process/process-host.ts';

export interface HostOptions {
  readonly host: 'systemd' | 'process';
  readonly root?: string;
  readonly state?: string;
  readonly artifacts?: string;
}

export interface OpenHost {
  readonly host: Host;
  /** Ends what does not outlive this process. */
  close(): Promise<void>;
}

export async function openHost({ host, root, state, artifacts }: HostOptions): Promise<OpenHost> {
  if (host === 'systemd') throw new BootstrapError('HOST_UNSUPPORTED', 'systemd');
  if (root === undefined || state === undefined || artifacts === undefined) {
    throw new BootstrapError('USAGE', '--host process needs --root, --state and --artifacts.');
  }
  const opened = new ProcessHost({ root, state, artifacts });
  return { host: opened, close: () => opened.close() };
}
