import { readFile } from 'node:fs/promises';
import type { Host } from '../host/host.ts';
import { gatewayPort, type PodSpec } from '../spec/pod-spec.ts';

/** So often in a row it must say nothing. A probe waits five seconds for an answer. */
const silentProbes = 3;
const silenceMilliseconds = 4000;

/** Whether the event loop of a gateway hangs: it takes connections, which the kernel does for it, and says nothing. */
export async function isFrozen({
  host,
  spec,
}: {
  readonly host: Host;
  readonly spec: PodSpec;
}): Promise<boolean> {
  const url = `http://127.0.0.1:${gatewayPort(spec)}/healthz`;
  for (let probe = 0; probe < silentProbes; probe += 1) {
    const start = host.elapsed();
    if ((await host.probe(url)) !== undefined) return false;
    if (host.elapsed() - start < silenceMilliseconds) return false;
  }
  return true;
}

/** `USER_HZ`, which is 100 wherever Linux runs Node.js: https://man7.org/linux/man-pages/man7/time.7.html */
const ticksPerSecond = 100;

/** Seconds since a process was started; undefined where nobody can tell. */
export async function ageOf(pid: number): Promise<number | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const started = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]) / ticksPerSecond;
    return Number((await readFile('/proc/uptime', 'utf8')).split(' ')[0]) - started;
  } catch {
    return undefined;
  }
}
