import { Command, CommanderError, Option } from 'commander';
import { PodError } from '../pod/errors.ts';
import { defaultDataDir } from './commands-to-type.ts';
import type { CommonOptions, StatusOptions, UpOptions } from './options.ts';
import { jsonOutput, type Output } from './output.ts';
import { terminalOutput } from './terminal-output.ts';

type Act<O> = (options: O, output: Output, argument: string) => Promise<void>;

/** A command brings only what it needs: `up` has the AWS CDK with it, which takes longer to load than all else together. */
type Load<O> = () => Promise<Act<O>>;

/** Runs `clawharbor-local`. @returns the exit code: 0 done, 1 failed, 2 wrong usage; both name a code first */
export async function run(argv: readonly string[]): Promise<number> {
  const program = new Command('clawharbor-local')
    .description(
      'Runs a whole OpenClaw pod on this machine: the real gateway behind a login page, stand-ins for AWS',
    )
    .exitOverride()
    // What is wrong is said below, after its code.
    .configureOutput({ writeErr: () => {} });

  const verb = <O extends CommonOptions>(
    parent: Command,
    usage: string,
    description: string,
    load: Load<O>,
  ) =>
    parent
      .command(usage)
      .description(description)
      .option('--data-dir <dir>', `everything the pod writes lies here (default: ${defaultDataDir})`)
      .option('--json', 'one JSON object per line on stdout')
      .action(async (...received: unknown[]) => {
        const self = received.at(-1) as Command;
        const act = await load();
        await act(self.opts(), outputOf(argv), String(received[0]));
      });

  verb<UpOptions>(
    program,
    'up',
    'starts the pod and stays in the foreground; Ctrl-C stops everything',
    async () => (await import('./up.ts')).up,
  )
    .option('--port <port>', 'where the pod is, on localhost', portNumber, 8443)
    .option('--login-port <port>', 'where its login page is (default: the port after --port)', portNumber)
    .option('--config <file>', 'pod config, as for AWS; default: the example in packages/infra');
  verb(
    program,
    'replace',
    'the Auto Scaling stand-in terminates the instance and launches a new one',
    async () => (await import('./replace.ts')).replace,
  );
  verb<StatusOptions>(
    program,
    'status',
    'instance, target health, lifecycle state, last report, and what differs from AWS',
    async () => (await import('./status.ts')).status,
  )
    .option('--timeline', 'what the last run did when, and what its end waited for')
    .addOption(new Option('--svg', 'the same as a picture').conflicts(['timeline', 'json']));
  verb<CommonOptions & { email: string; groups?: string }>(
    program,
    'person <action>',
    'add, invite, disable, enable, delete: somebody in the user pool; groups: sets their groups',
    async () => (await import('./person.ts')).person,
  )
    .requiredOption('--email <address>', 'who')
    .option('--groups <names>', 'with commas between them');
  const secret = program.command('secret').description('secrets of the pod');
  verb(
    secret,
    'set <name>',
    'sets one key of the pod secret; the value comes from stdin. The gateway restarts with it',
    async () => (await import('./secret-set.ts')).secretSet,
  );
  verb(
    program,
    'down',
    'stops the pod; config, conversations and secrets stay',
    async () => (await import('./down.ts')).down,
  );

  try {
    await program.parseAsync(argv);
    return 0;
  } catch (error) {
    return failed(error, program, outputOf(argv));
  }
}

function outputOf(argv: readonly string[]): Output {
  return argv.includes('--json') ? jsonOutput() : terminalOutput();
}

function failed(error: unknown, program: Command, output: Output): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    const noVerb = error.code === 'commander.help';
    const wrong = noVerb ? 'name a command' : error.message.replace(/^error: /, '').replaceAll('\n', ' ');
    output.failure('USAGE', `${wrong}: see clawharbor-local --help`);
    if (noVerb) process.stderr.write(`\n${program.helpInformation()}`);
    return 2;
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNEXPECTED';
  output.failure(code, error instanceof Error ? error.message : String(error));
  return code === 'PORT_INVALID' ? 2 : 1;
}

/** @throws PodError `PORT_INVALID` */
function portNumber(value: string): number {
  const port = Number(value);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new PodError(
    'PORT_INVALID',
    `${JSON.stringify(value)} is no port: give a whole number from 1 to 65535`,
  );
}
