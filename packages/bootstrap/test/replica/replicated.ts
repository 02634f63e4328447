import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { restoreDatabase, Shipper, type Restored, type ShipperOptions } from '../../src/replica/index.ts';
import { add, schema } from './numbered.ts';

/** A directory with a database, its replica, and what is restored from it. */
export class Replicated {
  readonly directory = mkdtempSync(join(tmpdir(), 'clawharbor-replica-'));
  readonly database = join(this.directory, 'live', 'openclaw.sqlite');
  readonly folder = join(this.directory, 'replica');
  readonly restored = join(this.directory, 'restored.sqlite');
  readonly notes = join(this.directory, 'notes');
  readonly #children: ChildProcess[] = [];
  readonly #shippers: Shipper[] = [];
  #writer: DatabaseSync | undefined;

  constructor() {
    mkdirSync(join(this.directory, 'live'));
  }

  /** A connection of this process that writes, with the tables of numbered rows. */
  get writer(): DatabaseSync {
    if (this.#writer) return this.#writer;
    this.#writer = this.connect();
    this.#writer.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF');
    this.#writer.exec(schema);
    return this.#writer;
  }

  connect(): DatabaseSync {
    return new DatabaseSync(this.database, { timeout: 100 });
  }

  add(rows: number): number {
    return add(this.writer, rows);
  }

  shipper(options: Partial<ShipperOptions> = {}): Shipper {
    const shipper = new Shipper({ database: this.database, folder: this.folder, ...options });
    this.#shippers.push(shipper);
    return shipper;
  }

  restore(at?: Date): Promise<Restored> {
    return restoreDatabase({ folder: this.folder, target: this.restored, ...(at && { at }) });
  }

  /** Starts a program of this directory, which does not outlive this one. @returns once it says that it is ready */
  async start(program: string, ...args: string[]): Promise<ChildProcess> {
    const file = new URL(program, import.meta.url).pathname;
    const child = spawn(process.execPath, ['--no-warnings', file, ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#children.push(child);
    await once(child.stdout, 'data');
    return child;
  }

  startWriter(pauseMilliseconds: number): Promise<ChildProcess> {
    return this.start('./write-numbered.ts', this.database, this.notes, String(pauseMilliseconds));
  }

  /** What the writer has noted: the newest row with the time when it was known to be committed. */
  noted(): { n: number; at: number }[] {
    return [...readFileSync(this.notes, 'utf8').matchAll(/^(\d+) (\d+)\n/gm)].map(([, n, at]) => ({
      n: Number(n),
      at: Number(at),
    }));
  }

  async close(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    for (const shipper of this.#shippers) await shipper.close();
    if (this.#writer?.isOpen) this.#writer.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
