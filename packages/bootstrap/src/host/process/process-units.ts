import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { BootstrapError } from '../../errors.ts';
import type { Place, StopOptions, Unit, Units, UnitState } from '../unit.ts';
import { refuseSecondSupervisor } from './running-process.ts';
import { SupervisedUnit, type SupervisedUnitOptions } from './supervised-unit.ts';
import { UnitLog } from './unit-log.ts';

export interface ProcessUnitsOptions extends Omit<SupervisedUnitOptions, 'log' | 'recordFile'> {
  readonly logs: string;
  readonly records: string;
}

/** Units that live as long as this process: see {@link SupervisedUnit}. */
export class ProcessUnits implements Units {
  readonly #options: ProcessUnitsOptions;
  readonly #units = new Map<string, { unit: SupervisedUnit; log: UnitLog }>();

  constructor(options: ProcessUnitsOptions) {
    this.#options = options;
  }

  async matches(unit: Unit): Promise<boolean> {
    return isDeepStrictEqual(this.#units.get(unit.name)?.unit.definition, unit);
  }

  async install(unit: Unit): Promise<void> {
    this.#get(unit.name).unit.definition = unit;
  }

  async setSecretEnvironment(name: string, variables: Readonly<Record<string, string>>): Promise<boolean> {
    if (await this.hasSecretEnvironment(name, variables)) return false;
    this.#get(name).unit.secretEnvironment = { ...variables };
    return true;
  }

  async hasSecretEnvironment(name: string, variables: Readonly<Record<string, string>>): Promise<boolean> {
    return isDeepStrictEqual(await this.secretEnvironment(name), variables);
  }

  async secretEnvironment(name: string): Promise<Readonly<Record<string, string>>> {
    return this.#units.get(name)?.unit.secretEnvironment ?? {};
  }

  async setPlaces(name: string, places: readonly Place[]): Promise<void> {
    if (places.length === 0) return;
    throw new BootstrapError(
      'HOST_UNSUPPORTED',
      `${name}: a process of a laptop sees the directories as they are.`,
    );
  }

  async start(name: string): Promise<void> {
    await this.#get(name).unit.start();
  }

  async restart(name: string): Promise<void> {
    await this.stop(name);
    await this.start(name);
  }

  async stop(name: string, options: StopOptions = {}): Promise<void> {
    const { unit } = this.#get(name);
    await unit.stop(options);
    await unit.endLeftover();
  }

  async state(name: string): Promise<UnitState> {
    return this.#units.get(name)?.unit.state ?? { status: 'absent', restarts: 0 };
  }

  async tail(name: string, lines: number): Promise<string[]> {
    return this.#units.get(name)?.log.tail(lines) ?? [];
  }

  /** @throws BootstrapError `STATE_LOCKED` when another process runs units from the same directory */
  async refuseSecondSupervisor(): Promise<void> {
    const names = await readdir(this.#options.records).catch(() => []);
    for (const name of names) refuseSecondSupervisor(join(this.#options.records, name));
  }

  /** Stops every unit and closes its log. */
  async close(): Promise<void> {
    await Promise.all(
      [...this.#units.values()].map(async ({ unit, log }) => {
        await unit.stop();
        await log.close();
      }),
    );
  }

  #get(name: string): { unit: SupervisedUnit; log: UnitLog } {
    let entry = this.#units.get(name);
    if (!entry) {
      const log = new UnitLog(join(this.#options.logs, `${name}.log`));
      const recordFile = join(this.#options.records, `${name}.json`);
      entry = { log, unit: new SupervisedUnit({ ...this.#options, log, recordFile }) };
      this.#units.set(name, entry);
    }
    return entry;
  }
}
