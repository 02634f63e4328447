import { PodError } from './errors.ts';

/** Reads what the bootstrap said last: like every program of Clawharbor it names a code first. */
export function instanceFailure(words: string): PodError {
  const [, code = 'INSTANCE_FAILED', message = words] = /^([A-Z][A-Z0-9_]+): (.*)$/s.exec(words) ?? [];
  return new PodError(code, message);
}

export function asPodError(error: unknown): PodError {
  const { code = 'INSTANCE_FAILED', message } = error as NodeJS.ErrnoException;
  return new PodError(code, message, { cause: error });
}

export function starting(): PodError {
  return new PodError('POD_STARTING', 'the pod is still starting: try again when it says that it is ready');
}
