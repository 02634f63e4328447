import type { ReplicatedPod } from '../e2e/container/replicated-pod.ts';
import { median, type Figure } from './figures.ts';

const [run, look] = ['clawharbor-bootstrap.service', 'clawharbor-look.service'];
const rounds = 5;
/** In an hour: a look each minute, a run each quarter of one. Before there were looks it was a run each minute. */
const anHour = { looks: 60, runs: 4, runsBefore: 60 } as const;
const limit = 0.25;

/** Processor seconds of an hour in which nothing happens, over those of an hour of runs that find nothing to do. */
export async function idleProcessorTime({ machine }: ReplicatedPod): Promise<Figure> {
  await machine.succeed('systemctl', ['stop', 'clawharbor-bootstrap.timer']);
  // What it finds to do is done first: only a run that found nothing is remembered.
  for (let settled = 0; settled < 2; settled += 1) await machine.succeed('systemctl', ['start', run]);
  const began = await invocation();
  const looks = await measured(look);
  if ((await invocation()) !== began) throw new Error('a look of a pod at rest started a run');
  const runs = await measured(run);
  await machine.succeed('systemctl', ['start', 'clawharbor-bootstrap.timer']);
  const over = anHour.runsBefore * runs;
  const seconds = anHour.looks * looks + anHour.runs * runs;
  return {
    figure: `processor time of an idle hour (a look ${looks.toFixed(2)} s, a run ${runs.toFixed(2)} s), over a run each minute`,
    seconds,
    over,
    limit: over * limit,
  };

  async function invocation(): Promise<string> {
    return machine.succeed('systemctl', ['show', '--property=InvocationID', '--value', run]);
  }

  async function measured(unit: string): Promise<number> {
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const before = await reaped();
      await machine.succeed('systemctl', ['start', unit], { timeoutSeconds: 300 });
      times.push((await reaped()) - before);
    }
    return median(times);
  }

  /**
   * Of the processes that the service manager has seen end, in seconds: cutime and cstime of
   * https://www.kernel.org/doc/html/latest/filesystems/proc.html, in ticks of 10 ms. The end of a unit comes after the last of it.
   */
  async function reaped(): Promise<number> {
    const stat = await machine.succeed('cat', ['/proc/1/stat']);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[13]) + Number(fields[14])) / 100;
  }
}
