import { join } from 'node:path';
import * as z from 'zod';
import { writeAtomically } from '../config/atomic-file.ts';
import { parseOrNothing, readIfPresent } from '../config/files.ts';
import type { Host } from '../host/host.ts';
import type { UnitState } from '../host/unit.ts';
import { gatewayUnitName } from './gateway-unit.ts';

/** How a gateway fared since the run before this one. */
export interface Endings {
  /** Times it ended without being asked to, and was started again by its supervisor. */
  readonly restarts: number;
  /** Whether its supervisor had given it up, at the start of this run or at its end. */
  readonly hasFailed: boolean;
}

/**
 * Counts how often a gateway ended by itself. A supervisor forgets the count whenever it is told to start the unit, so it is
 * asked at the start of a run and at its end, and what it said last is kept on this machine.
 */
export class GatewayEndings {
  readonly #host: Host;
  readonly #first: UnitState | undefined;

  static async begin(host: Host): Promise<GatewayEndings> {
    return new GatewayEndings(host, await stateOf(host));
  }

  private constructor(host: Host, first: UnitState | undefined) {
    this.#host = host;
    this.#first = first;
  }

  async end(): Promise<Endings> {
    const first = this.#first?.restarts ?? 0;
    const last = await stateOf(this.#host);
    const count = last?.restarts ?? first;
    const file = fileOf(this.#host);
    const text = await readIfPresent(file).catch(() => undefined);
    const before = text === undefined ? 0 : (record.safeParse(parseOrNothing(text)).data?.restarts ?? 0);
    if (count !== before) {
      const kept = `${JSON.stringify({ restarts: count })}\n`;
      // A disk that cannot take it counts some twice, and is an alarm of its own.
      await writeAtomically(file, kept, { mode: 0o644 }).catch(() => {});
    }
    return {
      restarts: moreOf(before, first) + moreOf(first, count),
      hasFailed: this.#first?.status === 'failed' || last?.status === 'failed',
    };
  }
}

const record = z.object({ restarts: z.int().nonnegative() });

const fileOf = ({ layout }: Host): string => join(layout.reports, 'restarts.json');

/** A count that is smaller than it was began anew. */
function moreOf(before: number, now: number): number {
  return now >= before ? now - before : now;
}

/** @returns undefined where nobody supervises it yet */
async function stateOf(host: Host): Promise<UnitState | undefined> {
  return await host.units.state(gatewayUnitName).catch(() => undefined);
}
