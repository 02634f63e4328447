/** `program.ts` as one file: `build-bundle.ts` puts it here, so that an instance needs no other file than the bootstrap's. */
declare const DATABASES_PROGRAM: string | undefined;

/** @returns undefined where the sources run as they are: on no instance */
export function databasesProgram(): string | undefined {
  return typeof DATABASES_PROGRAM === 'string' ? DATABASES_PROGRAM : undefined;
}
