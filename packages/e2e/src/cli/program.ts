import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { Command, InvalidArgumentError } from 'commander';
import { findRunning, type ControlClient } from '../pod/control.ts';
import { isDataDirectory, openDataDirectory } from '../pod/data-dir.ts';
import { PodError } from '../pod/errors.ts';
import type { PodEvent } from '../pod/events.ts';
import { runPod, type PodStatus } from '../pod/pod.ts';
import { putSecret } from '../pod/secret.ts';
import { stopPod } from '../pod/stop.ts';
import { jsonOutput, terminalOutput, type Output } from './output.ts';
import { describeStatus } from './status.ts';

interface CommonOptions {
  readonly dataDir: string;
  readonly json?: boolean;
}

/** Runs `clawharbor-local`. @returns the exit code: 0 done, 1 failed (one line with a code), 2 wrong usage */
export async function run(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = new Command('clawharbor-local')
    .description(
      'Runs a whole OpenClaw pod on this machine: the real gateway behind a login page, stand-ins for AWS',
    )
    .exitOverride((error) => {
      exitCode = error.exitCode === 0 ? 0 : 2;
      throw error;
    });

  const command = (name: string, description: string) =>
    program
      .command(name)
      .description(description)
      .option('--data-dir <dir>', 'everything the pod writes lies here', '.clawharbor')
      .option('--json', 'one JSON object per line on stdout');

  const act =
    <O extends CommonOptions>(action: (options: O, output: Output, ...args: string[]) => Promise<void>) =>
    async (...received: unknown[]): Promise<void> => {
      const self = received.at(-1) as Command;
      const options = self.opts() as O;
      const output = options.json ? jsonOutput() : terminalOutput();
      try {
        await action(options, output, ...(received.slice(0, -2) as string[]));
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNEXPECTED';
        output.failure(code, error instanceof Error ? error.message : String(error));
        exitCode = 1;
      }
    };

  command('up', 'starts the pod and stays in the foreground; Ctrl-C stops everything')
    .option('--port <port>', 'the one visible port, on localhost', portNumber, 8443)
    .option('--config <file>', 'pod config, as for AWS; default: the example in packages/infra')
    .action(act<CommonOptions & { port: number; config?: string }>(up));

  command('replace', 'the Auto Scaling stand-in terminates the instance and launches a new one').action(
    act(async (options, output) => {
      await (await running(options)).call('replace', undefined, (event) => output.event(event as PodEvent));
    }),
  );

  command(
    'status',
    'instance, target health, lifecycle state, last report, and what differs from AWS',
  ).action(
    act(async (options) => {
      const status = await (await running(options)).call<PodStatus>('status');
      process.stdout.write(options.json ? `${JSON.stringify(status)}\n` : describeStatus(status));
    }),
  );

  const secret = program.command('secret').description('secrets of the pod');
  const set = new Command('set')
    .description('sets one key of the pod secret; the value comes from stdin')
    .argument('<name>', 'name of the environment variable, as in ANTHROPIC_API_KEY')
    .option('--data-dir <dir>', 'everything the pod writes lies here', '.clawharbor')
    .option('--json', 'one JSON object per line on stdout');
  secret.addCommand(
    set.action(
      act(async (options, output, name = '') => {
        const value = (await text(process.stdin)).replace(/\r?\n$/, '');
        const directory = openDataDirectory(options.dataDir);
        const pod = await findRunning(directory);
        if (pod) await pod.call('secret', { name, value });
        else await putSecret(directory, name, value);
        output.event({ event: 'step', step: `secret ${name}`, status: 'changed' });
      }),
    ),
  );

  command('down', 'stops the pod; config, conversations and secrets stay').action(
    act(async (options, output) => {
      if (!isDataDirectory(options.dataDir)) {
        throw new PodError('POD_NOT_RUNNING', `there is no pod in ${resolve(options.dataDir)}`);
      }
      output.event({ event: 'step', step: 'stop', status: 'started' });
      await stopPod(openDataDirectory(options.dataDir));
      output.event({ event: 'stopped' });
    }),
  );

  try {
    await program.parseAsync(argv);
  } catch (error) {
    // commander has said what is wrong; anything else is ours.
    if (exitCode === 0 && !(error instanceof Error && 'exitCode' in error)) throw error;
  }
  return exitCode;
}

async function up(options: CommonOptions & { port: number; config?: string }, output: Output): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  await runPod({
    directory: openDataDirectory(options.dataDir),
    port: options.port,
    config: options.config === undefined ? undefined : resolve(options.config),
    listener: (event) => output.event(event),
    signal: stop.signal,
  });
  output.event({ event: 'stopped' });
}

async function running(options: CommonOptions): Promise<ControlClient> {
  const pod = isDataDirectory(options.dataDir)
    ? await findRunning(openDataDirectory(options.dataDir))
    : undefined;
  if (pod) return pod;
  throw new PodError(
    'POD_NOT_RUNNING',
    `no pod is running in ${resolve(options.dataDir)}: start one with clawharbor-local up --data-dir ${options.dataDir}`,
  );
}

function portNumber(value: string): number {
  const port = Number(value);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new InvalidArgumentError('PORT_INVALID: a port is a whole number from 1 to 65535.');
}
