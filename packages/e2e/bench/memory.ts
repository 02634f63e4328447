import type { SystemdContainer } from '../src/container/index.ts';

/** What a part of the pod holds, in MB: memory of its own and its share of what it has in common with others (PSS). */
export interface Held {
  readonly part: string;
  readonly megabytes: number;
}

const parts = {
  'the gateway, with its tools': 'openclaw',
  'what replicates the databases': 'openclaw-replica',
} as const;

/** Of a pod that nobody uses. Of what comes and goes, a run and a look, the most that it had. */
export async function memoryAtRest(machine: SystemdContainer): Promise<Held[]> {
  const held: Held[] = [];
  for (const [part, unit] of Object.entries(parts)) {
    const kilobytes = await machine.succeed('sh', ['-c', `${tree}; of $(systemctl show -P MainPID ${unit})`]);
    held.push({ part, megabytes: megabytes(kilobytes) });
  }
  await machine.succeed('systemctl', ['stop', 'clawharbor-bootstrap.timer']);
  held.push(
    { part: 'a run, at most', megabytes: await most(machine, 'clawharbor-bootstrap.service') },
    { part: 'a look, at most', megabytes: await most(machine, 'clawharbor-look.service') },
  );
  await machine.succeed('systemctl', ['start', 'clawharbor-bootstrap.timer']);
  return held;
}

/** https://www.kernel.org/doc/html/latest/filesystems/proc.html */
const tree = `
pids() { echo $1; for child in $(cat /proc/$1/task/*/children); do pids $child; done; }
of() { for pid in $(pids $1); do cat /proc/$pid/smaps_rollup; done 2>/dev/null | awk '/^Pss:/ { sum += $2 } END { print sum }'; }`;

/** Looked at all the while that it runs: no memory controller is needed for it. */
async function most(machine: SystemdContainer, unit: string): Promise<number> {
  const watch = `${tree}
    systemctl start ${unit} & starting=$!
    most=0
    while kill -0 $starting 2>/dev/null; do
      main=$(systemctl show -P MainPID ${unit})
      if [ "$main" != 0 ]; then now=$(of $main); [ "\${now:-0}" -gt $most ] && most=$now; fi
    done
    echo $most`;
  return megabytes(await machine.succeed('sh', ['-c', watch], { timeoutSeconds: 300 }));
}

const megabytes = (kilobytes: string): number => Math.round(Number(kilobytes.trim()) / 1000);
