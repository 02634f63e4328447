import { readFile } from 'node:fs/promises';
import { BootstrapError } from '../errors.ts';
import { abandonDatabases } from './abandon.ts';
import { bringDatabases } from './bring.ts';
import { foldDatabases } from './fold.ts';
import { keepReplica } from './keep.ts';
import type { Places } from './places.ts';
import { rewindDatabases } from './rewind.ts';
import { removeStaged, stageDatabases, type Staged } from './staged.ts';

/*
 * What is done with databases, as a program that runs as the gateway's user: no link that the agent plants leads root
 * anywhere. Its arguments: what is to be done, the places as JSON, and with what, as JSON. It answers with JSON, or the code and the words of an error.
 */
const [verb, places, what = 'null'] = process.argv.slice(2);
try {
  const where = JSON.parse(places ?? '') as Places;
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
  const moment = { now: new Date(), boot: boot.trim() };
  switch (verb) {
    case 'bring':
      await removeStaged(where);
      say(await bringDatabases(where, moment));
      break;
    case 'fold':
      say(await foldDatabases(where, moment));
      break;
    case 'abandon':
      say(await abandonDatabases(where, moment.now));
      break;
    case 'stage':
      say(await stageDatabases(where, new Date(JSON.parse(what) as string)));
      break;
    case 'rewind':
      say(await rewindDatabases(where, moment, JSON.parse(what) as Staged));
      break;
    case 'keep': {
      const ended = new AbortController();
      process.on('SIGTERM', () => ended.abort()).on('SIGINT', () => ended.abort());
      await keepReplica(where, ended.signal);
      break;
    }
    default:
      throw new Error(`nothing is known of "${verb}"`);
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
