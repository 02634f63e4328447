import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessHost } from '@clawharbor/bootstrap';

/** One look at a pod from outside. */
export interface Look {
  /** Milliseconds, of a clock that nobody sets. */
  readonly at: number;
  /** Whether /readyz answered 200. */
  readonly isReady: boolean;
  /** Process of the gateway. */
  readonly pid?: number | undefined;
  /** Step of the upgrade that is under way, as its journal has it. */
  readonly step?: string | undefined;
}

/** A time in which nobody was served, and what it was made of. Milliseconds. */
export interface Offline {
  /** From the last answer before it to the first one after it. */
  readonly offline: number;
  /** From the first look at the process that served then to its first answer. */
  readonly start: number;
  /** From the switch to another release until it was known that it does not do; 0 where it does. */
  readonly tried: number;
}

/** Each time offline in these looks that came to an end, in order. */
export function timesOffline(looks: readonly Look[]): Offline[] {
  return looks.flatMap((back, index) => {
    const before = looks.slice(0, index).findLastIndex(({ isReady }) => isReady);
    if (!back.isReady || before === -1 || before === index - 1) return [];
    const away = looks.slice(before, index + 1);
    const started = away.find(({ pid }) => pid !== undefined && pid === back.pid) ?? back;
    const at = (step: string) => away.find((each) => each.step === step)?.at;
    const failed = at('roll-back');
    return [
      {
        offline: back.at - away[0]!.at,
        start: back.at - started.at,
        tried: failed === undefined ? 0 : failed - (at('switch') ?? failed),
      },
    ];
  });
}

const everyMilliseconds = 25;

/** Looks at a pod again and again while an action lasts. @param url of /readyz */
export async function watched(
  host: ProcessHost,
  url: string,
  action: () => Promise<unknown>,
): Promise<Look[]> {
  const looks: Look[] = [];
  const ended = new AbortController();
  const watching = (async () => {
    while (!ended.signal.aborted) {
      looks.push(await look(host, url));
      await sleep(everyMilliseconds);
    }
  })();
  try {
    await action();
  } finally {
    ended.abort();
    await watching;
  }
  return looks;
}

async function look(host: ProcessHost, url: string): Promise<Look> {
  const { pid } = await host.units.state('openclaw');
  const journal = await readFile(join(host.layout.records, 'upgrade.json'), 'utf8').catch(() => '{}');
  const { step } = JSON.parse(journal) as { step?: string };
  const isReady = (await host.probe(url))?.status === 200;
  return { at: performance.now(), isReady, pid, step };
}
