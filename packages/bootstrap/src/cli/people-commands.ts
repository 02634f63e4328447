import type { Command } from 'commander';
import { BootstrapError } from '../errors.ts';
import { groupsOfProvider } from '../people/federated-groups.ts';
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
  readonly records: string;
  readonly group: readonly string[];
  readonly provider: readonly string[];
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
    .requiredOption('--records <directory>')
    .option('--group <name>', 'may come again', collect, [])
    .option('--provider <json>', 'may come again', collect, [])
    .action(keep);
}

const collect = (value: string, before: string[]): string[] => [...before, value];

async function keep({
  userPool,
  region,
  list: people,
  records: peopleRecords,
  group: groups,
  provider,
}: KeepOptions): Promise<void> {
  const ended = new AbortController();
  const end = (): void => ended.abort();
  process.on('SIGTERM', end).on('SIGINT', end);
  const files = new PeopleFiles({ people, peopleRecords });
  const tell = (message: string): void => void process.stderr.write(`${message}\n`);
  const providers = provider.map((text) => groupsOfProvider.parse(JSON.parse(text)));
  await keepPeople({ userPool, region, groups, providers, files, signal: ended.signal, tell });
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
