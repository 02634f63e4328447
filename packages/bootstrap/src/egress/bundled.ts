/** `program.ts` as one file: `build-bundle.ts` puts it here, so that an instance needs no other file than the bootstrap's. */
declare const EGRESS_PROGRAM: string | undefined;

/** @returns undefined where the sources run as they are: on no instance */
export function egressProgram(): string | undefined {
  return typeof EGRESS_PROGRAM === 'string' ? EGRESS_PROGRAM : undefined;
}
