import type { Command } from 'commander';
import { BootstrapError } from '../errors.ts';
import { keepPeople } from '../people/keep.ts';
import { PeopleFiles } from '../people/people-files.ts';
import { openHost, type HostOptions } from './open-host.ts';

interface CommonOptions extends HostOptions {
  readonly json: boolean;
}

interface KeepOptions {
  readonly userPool: string;
  readonly region: string;
  readonly list: string;
  readonly kicked: string;
  readonly group: readonly string[];
}

/** `people list|kick|admit`, and `keep`, which is the program of a unit. */
export function addPeopleCommands(
  program: Command,
  { onHost }: { readonly onHost: (command: Command) => Command },
): void {
  const people = program.command('people').description('who is in the pod, and who is out');
  onHost(people.command('list').description('says who is in, who is out, and why')).action(list);
  onHost(people.command('kick').description('puts somebody out at once, and keeps them out'))
    .argument('<sub>', 'as Cognito names them')
    .action((sub: string, options: CommonOptions) =>
      onFiles(options, async (files) => {
        await files.kick(sub);
        say(
          options,
          { sub, out: 'kicked' },
          `${sub} is out, until: clawharbor-bootstrap people admit ${sub}`,
        );
      }),
    );
  onHost(people.command('admit').description('lets somebody in again who was put out by hand'))
    .argument('<sub>', 'as Cognito names them')
    .action((sub: string, options: CommonOptions) =>
      onFiles(options, async (files) => {
        const wasOut = await files.admit(sub);
        say(
          options,
          { sub, wasOut },
          wasOut ? `${sub} is no longer out by hand` : `${sub} was not out by hand`,
        );
      }),
    );
  people
    .command('keep', { hidden: true })
    .requiredOption('--user-pool <id>')
    .requiredOption('--region <region>')
    .requiredOption('--list <directory>')
    .requiredOption('--kicked <directory>')
    .option('--group <name>', 'may come again', (name: string, before: string[]) => [...before, name], [])
    .action(keep);
}

async function keep({ userPool, region, list: people, kicked, group }: KeepOptions): Promise<void> {
  const ended = new AbortController();
  const end = (): void => ended.abort();
  process.on('SIGTERM', end).on('SIGINT', end);
  const files = new PeopleFiles({ people, kicked });
  const tell = (message: string): void => void process.stderr.write(`${message}\n`);
  await keepPeople({ userPool, region, groups: group, files, signal: ended.signal, tell });
}

function list(options: CommonOptions): Promise<void> {
  return onFiles(options, async (files) => {
    const known = await files.read();
    if (known === undefined) {
      throw new BootstrapError(
        'PEOPLE_NOT_READ',
        'There is no list of people here: see the journal of clawharbor-people.',
      );
    }
    const kicked = new Set(await files.kicked());
    const rows = known.people.map(({ sub, name, email, groups, out }) => ({
      sub,
      name,
      email,
      groups,
      out: kicked.has(sub) ? 'kicked' : out,
    }));
    const strangers = [...kicked].filter((sub) => !rows.some((row) => row.sub === sub));
    if (options.json) {
      const checkedAt = new Date(known.checkedAt).toISOString();
      process.stdout.write(`${JSON.stringify({ checkedAt, people: rows, kickedStrangers: strangers })}\n`);
      return;
    }
    const unknown = strangers.map((sub) => ({ sub, name: '(not in the user pool)', out: 'kicked' }));
    for (const { sub, name, out = 'in' } of [...rows, ...unknown]) {
      process.stdout.write(`${sub}  ${out.padEnd(12)}  ${name}\n`);
    }
    process.stdout.write(`As the user pool said at ${new Date(known.checkedAt).toISOString()}.\n`);
  });
}

async function onFiles(options: CommonOptions, work: (files: PeopleFiles) => Promise<void>): Promise<void> {
  const { host, close } = openHost(options);
  try {
    await work(new PeopleFiles(host.layout));
  } finally {
    await close();
  }
}

function say({ json }: CommonOptions, value: object, words: string): void {
  process.stdout.write(`${json ? JSON.stringify(value) : words}\n`);
}
