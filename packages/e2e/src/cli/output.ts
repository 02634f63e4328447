import type { PodEvent } from '../pod/events.ts';

/** Tells a person or a program what a pod does. */
export interface Output {
  event(event: PodEvent): void;
  /** The end of a failed command: a stable code, and what to do. */
  failure(code: string, message: string): void;
}

/** One JSON object per line on stdout; nothing else goes there. */
export function jsonOutput(): Output {
  const line = (value: unknown) => void process.stdout.write(`${JSON.stringify(value)}\n`);
  return {
    event: line,
    failure: (code, message) => {
      line({ event: 'error', code, message });
      process.stderr.write(`${code}: ${message}\n`);
    },
  };
}
