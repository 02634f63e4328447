import { resolve } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { patienceAtBoot } from '../aws/patience.ts';
import { converge } from '../converge.ts';
import { diskError } from '../disk-error.ts';
import { BootstrapError } from '../errors.ts';
import { specVariable } from '../host/systemd/bootstrap-service.ts';
import type { Host } from '../host/host.ts';
import { settle, unsettle } from '../look/settle.ts';
import { planRun } from '../plan.ts';
import { readReport, type Report } from '../report.ts';
import { noteUnread } from '../unread-spec.ts';
import { rememberSpec } from '../spec/last-spec.ts';
import { loadPodSpec } from '../spec/load.ts';
import { revisionOf, stay } from '../stay.ts';
import type { PhaseChoice } from '../steps/index.ts';
import { timelineSvg } from '../timeline/svg.ts';
import { timelineText } from '../timeline/text.ts';
import { usualWatchSeconds } from '../upgrade/observe-gateway.ts';
import { conditionsText } from './conditions-text.ts';
import { addBackupCommands } from './backup-commands.ts';
import { openHost, type HostOptions } from './open-host.ts';
import { outputFor } from './output.ts';
import { addPeopleCommands } from './people-commands.ts';
import { needsRunLock, withRunLock } from './run-lock.ts';
import { usableSpec } from './usable-spec.ts';

interface CommonOptions extends HostOptions {
  readonly json: boolean;
}

interface PlanOptions extends CommonOptions {
  readonly spec: string;
  readonly phase: PhaseChoice;
}

interface RunOptions extends PlanOptions {
  readonly stay: boolean;
  readonly interval: number;
  readonly watch: number;
}

/** Exit codes: 0 for success, 1 for an error, 2 for a plan that found changes. */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = new Command('clawharbor-bootstrap')
    .description('Turns a pod spec into a running OpenClaw gateway.')
    .exitOverride()
    // What is wrong is said below, after its code.
    .configureOutput({ writeErr: () => {} });
  onHost(program.command('plan').description('says what a run would do; exit code 2 if anything'))
    .addOption(specOption())
    .addOption(phaseOption())
    .action(async (options: PlanOptions) => {
      exitCode = await plan(options);
    });
  onHost(program.command('run').description('makes the pod what the spec says'))
    .addOption(specOption())
    .addOption(phaseOption())
    .option('--stay', 'process host: keep the units alive and follow spec and secret until SIGTERM', false)
    .option('--interval <seconds>', 'with --stay: from one look at spec and secret to the next', positive, 30)
    .option(
      '--watch <seconds>',
      'how long a new release is watched before it is kept',
      positive,
      usualWatchSeconds,
    )
    .action(async (options: RunOptions) => {
      exitCode = await run(options);
    });
  onHost(program.command('report').description('prints the report of the last run'))
    .option('--timeline', 'what it did when, and what its end waited for, as a drawing of 80 columns', false)
    .addOption(new Option('--svg', 'the same as a picture').default(false).conflicts(['timeline', 'json']))
    .addOption(
      new Option('--conditions', 'how the pod stands, a line for each condition: what does not hold first')
        .default(false)
        .conflicts(['timeline', 'svg', 'json']),
    )
    .action(async (options: ReportOptions) => {
      exitCode = await showReport(options);
    });
  addPeopleCommands(program, { onHost });
  addBackupCommands(program, { onHost, specOption, end: (code) => (exitCode = code) });
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    return fail(error);
  }
  return exitCode;
}

async function plan(options: PlanOptions): Promise<number> {
  const spec = await loadPodSpec(options.spec);
  const { host, close } = openHost(options);
  try {
    const steps = await planRun(spec, host, options.phase);
    outputFor(options.json).plan(steps);
    return steps.some(({ changes }) => changes.length > 0) ? 2 : 0;
  } finally {
    await close();
  }
}

async function run(options: RunOptions): Promise<number> {
  if (options.stay && options.host !== 'process') {
    throw new BootstrapError(
      'USAGE',
      '--stay is for the process host: systemd keeps its units alive by itself.',
    );
  }
  if (needsRunLock(options)) return await withRunLock();
  const output = outputFor(options.json);
  const { host, close } = openHost(options, recurring(options));
  const ended = new AbortController();
  const end = (): void => {
    ended.abort();
    // What runs now would be waited for, and an installation takes a while.
    void close();
  };
  process.on('SIGTERM', end).on('SIGINT', end);
  const patience = { ...patienceAtBoot, signal: ended.signal, onWait: output.waiting };
  try {
    const follow = {
      phase: options.phase,
      signal: ended.signal,
      onEvent: output.step,
      patience,
      watchSeconds: options.watch,
      // A laptop's machine ends with a run that fails.
      isRepeated: !options.stay && options.phase === 'all',
    };
    await unsettle(host);
    const loaded = await usableSpec(options.spec, host, follow, output).catch((error: unknown) =>
      unread(host, error),
    );
    if (loaded === undefined) return 0;
    const { spec, text } = loaded;
    await rememberSpec(host.layout, spec);
    const known = options.stay ? await revisionOf(spec, host).catch(() => undefined) : undefined;
    const first = await converge(spec, host, follow);
    if (ended.signal.aborted) return 0;
    output.report(first);
    if (options.host === 'systemd' && options.phase === 'all') await settle(host, spec, text, first);
    if (first.outcome === 'failed') return failed(failureOf(first));
    if (!options.stay) return 0;
    await stay(host, {
      ...follow,
      known,
      source: options.spec,
      intervalSeconds: options.interval,
      onReport: output.report,
      onProblem: output.problem,
    });
    return 0;
  } catch (error) {
    // Whoever ended it while it waited for AWS knows why it has failed.
    if (ended.signal.aborted) return 0;
    throw error;
  } finally {
    await close();
    process.off('SIGTERM', end).off('SIGINT', end);
  }
}

/** The pod goes on as it was; that it does not follow its spec is known from here on. */
async function unread(host: Host, error: unknown): Promise<never> {
  if (error instanceof BootstrapError) await noteUnread(host, error);
  throw error;
}

/** Of the first step that has failed, and what becomes of the launch for it. */
function failureOf({ steps, conditions }: Report): { code: string; message: string } | undefined {
  const error = steps.find((step) => step.error)?.error;
  const held = conditions.find(({ type, status }) => type === 'LaunchCompleted' && status === 'False');
  return error && held ? { ...error, message: `${error.message}\n${held.message}` } : error;
}

interface ReportOptions extends CommonOptions {
  readonly timeline: boolean;
  readonly svg: boolean;
  readonly conditions: boolean;
}

async function showReport(options: ReportOptions): Promise<number> {
  const { host, close } = openHost(options);
  try {
    const last = await readReport(host.layout);
    if (!last) throw new BootstrapError('REPORT_ABSENT', `There is no report in ${host.layout.reports} yet.`);
    process.stdout.write(
      drawnBy(options, last) ?? `${JSON.stringify(last, undefined, options.json ? undefined : 2)}\n`,
    );
    return last.outcome === 'failed' ? 1 : 0;
  } finally {
    await close();
  }
}

function drawnBy({ svg, timeline, conditions }: ReportOptions, report: Report): string | undefined {
  if (svg) return timelineSvg(report);
  if (timeline) return timelineText(report);
  return conditions ? conditionsText(report) : undefined;
}

/** What the instance repeats; a run of one phase is a person's, and is not repeated. */
function recurring({ spec, phase }: RunOptions): string | undefined {
  if (phase !== 'all') return undefined;
  return spec.startsWith('ssm:') ? spec : resolve(spec);
}

function fail(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : failed(usage(error));
  if (error instanceof BootstrapError) return failed(error);
  const ofDisk = diskError(error);
  if (ofDisk) return failed(ofDisk);
  // What the system refuses says where; anything else is a fault of this program, and its trace says where.
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (code !== undefined && syscall !== undefined) return failed({ code, message });
  throw error;
}

function usage({ code, message }: CommanderError): { code: 'USAGE'; message: string } {
  const wrong = code === 'commander.help' ? 'name a command' : message.replace(/^error: /, '');
  return { code: 'USAGE', message: `${wrong.replaceAll('\n', ' ')}: see clawharbor-bootstrap --help` };
}

function failed(error: { readonly code: string; readonly message: string } | undefined): number {
  process.stderr.write(`${error?.code ?? 'UNEXPECTED'}: ${error?.message ?? 'the run failed'}\n`);
  return 1;
}

function onHost(command: Command): Command {
  return command
    .addOption(
      new Option('--host <kind>', 'what runs the units').choices(['systemd', 'process']).default('systemd'),
    )
    .option('--root <directory>', 'process host: what can be rebuilt')
    .option('--state <directory>', 'process host: the durable state')
    .option('--artifacts <directory>', 'process host: the durable cache of artifacts')
    .option('--backups <directory>', 'process host: archives of the state; default: below --artifacts')
    .option('--install <directory>', 'process host: the installed releases; default: below --root')
    .option('--logs <directory>', "process host: the gateway's own log; default: below --root")
    .option('--json', 'one JSON object per line', false);
}

function specOption(): Option {
  return new Option('--spec <source>', 'the pod spec: a file, or ssm:NAME')
    .env(specVariable)
    .makeOptionMandatory();
}

function phaseOption(): Option {
  return new Option('--phase <phase>', 'which steps').choices(['prepare', 'activate', 'all']).default('all');
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be a number of seconds.');
}
