import type { Clock } from '../../src/aws/index.ts';

/** A clock that a test moves on; whatever is due is woken in order. */
export class FakeClock implements Clock {
  #now = Date.parse('2026-11-22T12:00:00Z');
  readonly #alarms = new Set<{ time: number; wake: () => void }>();
  readonly #settled: () => Promise<void>;

  /** @param settled resolves when what an alarm set off is over */
  constructor(settled: () => Promise<void> = () => Promise.resolve()) {
    this.#settled = settled;
  }

  now(): number {
    return this.#now;
  }

  at(time: number, wake: () => void): () => void {
    const alarm = { time, wake };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  /** Moves on, and lets everything that follows from each alarm settle before the next. */
  async advance(seconds: number): Promise<void> {
    const end = this.#now + seconds * 1000;
    for (;;) {
      await this.#settled();
      const due = [...this.#alarms].filter(({ time }) => time <= end).toSorted((a, b) => a.time - b.time)[0];
      if (due === undefined) break;
      this.#now = Math.max(this.#now, due.time);
      this.#alarms.delete(due);
      due.wake();
    }
    this.#now = end;
  }
}
