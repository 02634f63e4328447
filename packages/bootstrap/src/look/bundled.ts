/** `program.ts` as one file: `build-bundle.ts` puts it here, so that an instance needs no other file than the bootstrap's. */
declare const LOOK_PROGRAM: string | undefined;

/** @returns undefined where the sources run as they are: on no instance */
export function lookProgram(): string | undefined {
  return typeof LOOK_PROGRAM === 'string' ? LOOK_PROGRAM : undefined;
}
