import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { configFile } from '../openclaw/gateway-unit.ts';
import { writeAtomically } from './atomic-file.ts';
import { readIfPresent } from './files.ts';

const desiredConfig = z.record(z.string(), z.unknown());

const goodConfig = z.object({
  /** The file as it was, comments included. */
  text: z.string(),
  /** What infrastructure had applied to it. */
  lastApplied: desiredConfig.optional(),
  openclawVersion: z.string(),
  /** ISO 8601. */
  at: z.string(),
});

/** A config with which the gateway became ready. */
export type GoodConfig = Readonly<z.infer<typeof goodConfig>>;

const refusedConfig = z.object({ sha256: z.string(), openclawVersion: z.string(), at: z.iso.datetime() });

/** A refusal may have had a reason outside of the config: after this time the config gets another chance. */
const refusedHours = 24;

const versionsKept = 20;

/** What the bootstrap remembers of configs, on the durable file system beside the state. */
export class ConfigRecords {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  get historyDirectory(): string {
    return join(this.#host.layout.records, 'config-history');
  }

  /** The desired config of the last merge; undefined before the first, or if the record was damaged. */
  lastApplied(): Promise<Record<string, unknown> | undefined> {
    return this.#read('last-applied.json', desiredConfig);
  }

  saveLastApplied(desired: Readonly<Record<string, unknown>>): Promise<void> {
    return this.#write('last-applied.json', desired);
  }

  lastGood(): Promise<GoodConfig | undefined> {
    return this.#read('last-good.json', goodConfig);
  }

  async saveLastGood(config: Omit<GoodConfig, 'at'>): Promise<void> {
    const known = await this.lastGood();
    if (known?.text === config.text && known.openclawVersion === config.openclawVersion) return;
    await this.#write('last-good.json', {
      ...config,
      at: this.#host.now().toISOString(),
    } satisfies GoodConfig);
  }

  /** Remembers a config that the gateway refused although it had passed validation. */
  saveRefused(text: string, openclawVersion: string): Promise<void> {
    return this.#write('refused.json', {
      sha256: sha256(text),
      openclawVersion,
      at: this.#host.now().toISOString(),
    } satisfies z.infer<typeof refusedConfig>);
  }

  /** Whether this version of the gateway refused this very config in the last {@link refusedHours} hours. */
  async wasRefused(text: string, openclawVersion: string): Promise<boolean> {
    const refused = await this.#read('refused.json', refusedConfig);
    return (
      refused?.sha256 === sha256(text) &&
      refused.openclawVersion === openclawVersion &&
      this.#host.now().getTime() - Date.parse(refused.at) < refusedHours * 3_600_000
    );
  }

  /** Keeps a version of the config, newest {@link versionsKept}. @returns its file */
  async keep(text: string): Promise<string> {
    await mkdir(this.historyDirectory, { recursive: true, mode: 0o700 });
    // The agent may write to its state; root writes and removes files in here.
    if (!(await lstat(this.historyDirectory)).isDirectory()) {
      throw new BootstrapError(
        'FILE_NOT_REGULAR',
        `${this.historyDirectory} must be a directory, not a link.`,
      );
    }
    const stamp = this.#host.now().toISOString().replaceAll(':', '-');
    const file = join(this.historyDirectory, `${stamp}-${sha256(text).slice(0, 12)}.json`);
    await writeAtomically(file, text);
    const names = (await readdir(this.historyDirectory)).filter((name) => name.endsWith('.json')).toSorted();
    for (const name of names.slice(0, -versionsKept))
      await rm(join(this.historyDirectory, name), { force: true });
    return file;
  }

  async #read<T>(name: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const text = await readIfPresent(join(this.#host.layout.records, name));
    if (text === undefined) return undefined;
    try {
      return schema.parse(JSON.parse(text));
    } catch {
      // Written atomically by us alone: damaged means edited from outside. Without it the merge is more cautious.
      return undefined;
    }
  }

  #write(name: string, value: unknown): Promise<void> {
    return writeAtomically(join(this.#host.layout.records, name), `${JSON.stringify(value, undefined, 2)}\n`);
  }
}

/** Makes a good config the live one again, with what had been applied to it. */
export async function restoreConfig(host: Host, good: GoodConfig): Promise<void> {
  const records = new ConfigRecords(host);
  await writeAtomically(configFile(host.layout), good.text, {
    beforeRename: (temporary) => host.own(temporary, 0o600),
  });
  if (good.lastApplied) await records.saveLastApplied(good.lastApplied);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
