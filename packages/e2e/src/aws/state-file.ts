import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StandInError } from '../errors.ts';

/** A small JSON document that is either the old one or the new one, never half of each, even after SIGKILL. */
export interface StateFile<T> {
  /** @returns undefined when it was never written @throws StandInError STATE_UNREADABLE */
  read(): Promise<T | undefined>;
  write(value: T): Promise<void>;
}

/** Of this process, so that two that write the same file do not share a temporary one. */
let writes = 0;

/**
 * @param parse refuses what is not a T by throwing
 */
export function stateFile<T>(path: string, parse: (value: unknown) => T): StateFile<T> {
  return {
    async read() {
      let text: string;
      try {
        text = await readFile(path, 'utf8');
      } catch (error) {
        if (isErrorCode(error, 'ENOENT')) return undefined;
        throw unreadable(path, error);
      }
      try {
        return parse(JSON.parse(text));
      } catch (error) {
        throw unreadable(path, error);
      }
    },
    async write(value) {
      await mkdir(dirname(path), { recursive: true });
      const temporary = `${path}.${process.pid}.${++writes}.tmp`;
      const file = await open(temporary, 'w', 0o600);
      try {
        await file.writeFile(JSON.stringify(value, null, 2));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    },
  };
}

/** Whether the operating system answered with this error. */
export function isErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function unreadable(path: string, cause: unknown): StandInError {
  return new StandInError(
    'STATE_UNREADABLE',
    `${path}: cannot be read as the state of a local pod. Restore the file, or remove it to start without it.`,
    { cause },
  );
}
