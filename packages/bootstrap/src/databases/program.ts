import { readFile } from 'node:fs/promises';
import { BootstrapError } from '../errors.ts';
import { abandonDatabases } from './abandon.ts';
import { bringDatabases } from './bring.ts';
import { foldDatabases } from './fold.ts';
import { keepReplica } from './keep.ts';
import type { Places } from './places.ts';

/*
 * What is done with databases, as a program that runs as the gateway's user: no link that the agent plants leads root
 * anywhere. Its arguments: what is to be done, and the places as JSON. It answers with JSON, or the code and the words of an error.
 */
const [verb, places] = process.argv.slice(2);
try {
  const where = JSON.parse(places ?? '') as Places;
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
  const moment = { now: new Date(), boot: boot.trim() };
  if (verb === 'bring') say(await bringDatabases(where, moment));
  else if (verb === 'fold') say(await foldDatabases(where, moment));
  else if (verb === 'abandon') say(await abandonDatabases(where, moment.now));
  else {
    const ended = new AbortController();
    process.on('SIGTERM', () => ended.abort()).on('SIGINT', () => ended.abort());
    await keepReplica(where, ended.signal);
  }
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  process.stderr.write(
    `${JSON.stringify({ code: error instanceof BootstrapError ? code : 'UNEXPECTED', message })}\n`,
  );
  process.exitCode = 1;
}

function say(answer: unknown): void {
  process.stdout.write(JSON.stringify(answer));
}
