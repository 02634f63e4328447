import { setTimeout as sleep } from 'node:timers/promises';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { BootstrapError } from '../errors.ts';
import { CertainPeople } from './certain.ts';
import type { PeopleFiles } from './people-files.ts';
import { readUserPool, type PoolQuestion } from './user-pool.ts';

export interface KeepOptions extends PoolQuestion {
  readonly region: string;
  readonly files: PeopleFiles;
  readonly signal: AbortSignal;
  /** From one look to the next. Default: {@link lookSeconds}. */
  readonly seconds?: number;
  /** Told of a failure, once for as long as it is the same; and when it is over. */
  readonly tell: (message: string) => void;
}

/**
 * From one look at the user pool to the next, in seconds. Who is disabled is out after this and what a look takes; who is
 * deleted, after twice that. It is 17,280 requests a day for up to 60 people, and as many for each group: Cognito has no price
 * for them, and a quota for all of an account (https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html).
 */
export const lookSeconds = 5;

/** What does not answer by then is asked again; a look is no longer than the pause between two. */
const answerMilliseconds = 5000;

/** After failures the pause doubles up to this, in seconds: whoever throttles is asked less. */
const longestPause = 30;

/** Keeps the list of people as the user pool has it, until the signal. A look that fails leaves the list as it is, with its age. */
export async function keepPeople({
  region,
  files,
  signal,
  tell,
  seconds = lookSeconds,
  ...question
}: KeepOptions): Promise<void> {
  const client = new CognitoIdentityProviderClient({ region, maxAttempts: 2 });
  const certain = new CertainPeople((await files.read())?.people);
  let pause = seconds;
  let said: string | undefined;
  try {
    while (!signal.aborted) {
      try {
        const limit = AbortSignal.any([signal, AbortSignal.timeout(answerMilliseconds)]);
        const at = new Date();
        const listed = await readUserPool(client, question, limit);
        await files.write(certain.next(listed), at);
        if (said !== undefined) tell('The people of the user pool are read again.');
        said = undefined;
        pause = seconds;
      } catch (error) {
        if (signal.aborted) return;
        const { code, message } = error as BootstrapError;
        const words = error instanceof BootstrapError ? `${code}: ${message}` : String(error);
        if (words !== said) tell(words);
        said = words;
        pause = Math.min(pause * 2, longestPause);
      }
      await sleep(pause * 1000, undefined, { signal }).catch(() => {});
    }
  } finally {
    client.destroy();
  }
}
