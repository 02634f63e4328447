import { stat } from 'node:fs/promises';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { configFile } from '../openclaw/gateway-unit.ts';
import type { Warning } from '../steps/step.ts';
import { ConfigRecords } from './config-records.ts';
import { parseSet, type LiveConfig } from './config-set.ts';
import { readLive, restore } from './live-config.ts';
import type { Config } from './merge.ts';
import { valueOf } from './wishes.ts';

/**
 * How a pod's config was lost: no file, or one without what every gateway of a pod has. OpenClaw goes on with what it has
 * in memory, and its next edit writes a new file with that edit alone; a restart of its own takes that one, and lets people
 * in another way (measured on 2026.9.6).
 * @param good the last one that the gateway was ready with
 */
export function lossOf(live: Config | undefined, good: Config): 'was removed' | 'was emptied' | undefined {
  if (live === undefined) return 'was removed';
  const isLost = valueOf(live, modePath) === undefined && valueOf(good, modePath) !== undefined;
  return isLost ? 'was emptied' : undefined;
}

/** Without it no gateway starts: "existing config is missing gateway.mode". */
const modePath = ['gateway', 'mode'];

/**
 * Puts the last good config back where the live one was lost. It is merged as any other then.
 * @returns undefined where nothing is lost, or nothing is known that could be put back
 */
export async function putBackLost(host: Host, live: LiveConfig | undefined): Promise<Warning | undefined> {
  const good = await new ConfigRecords(host).lastGood();
  if (good === undefined) return undefined;
  const loss = lossOf(live?.joined.value, parseSet(host, good).joined.value);
  if (loss === undefined) return undefined;
  const kept = await restore(host, good, live);
  const besides = kept.length > 0 ? ` What was there is kept as ${kept.join(', ')}.` : '';
  return {
    code: 'CONFIG_LOST',
    message: `openclaw.json ${loss}. The config of ${good.at} was put back with all its files.${besides}`,
  };
}

/** Looks whether the live config was lost, as often as one likes: a file that is as it was is not read again. */
export class LossWatch {
  readonly #host: Host;
  #seen = '';
  #isLost = false;

  constructor(host: Host) {
    this.#host = host;
  }

  /** @returns true, once for each loss, when it is there at two looks in a row: whoever was writing has finished */
  async look(): Promise<boolean> {
    const found = await stat(configFile(this.#host.layout)).catch(() => undefined);
    const now = JSON.stringify([found?.ino, found?.size, found?.mtimeMs]);
    const wasSeen = now === this.#seen;
    const isTold = wasSeen && this.#isLost;
    this.#isLost = wasSeen ? false : await this.#asks();
    this.#seen = now;
    return isTold;
  }

  async #asks(): Promise<boolean> {
    const good = await new ConfigRecords(this.#host).lastGood();
    if (good === undefined) return false;
    try {
      const { live, unreadable } = await readLive(this.#host);
      const known = parseSet(this.#host, good).joined.value;
      return unreadable !== undefined || lossOf(live?.joined.value, known) !== undefined;
    } catch (error) {
      if (error instanceof BootstrapError) return false;
      throw error;
    }
  }
}
