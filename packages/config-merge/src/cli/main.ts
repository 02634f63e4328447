import { Command, CommanderError, Option } from 'commander';
import { ConfigMergeError } from '../errors.ts';
import { explain } from '../explain.ts';
import { formatSource } from '../includes.ts';
import { planOf } from '../merge.ts';
import { withEffects, withFiles } from './effects.ts';
import { explanationText, planText, warningLines } from './plan-text.ts';
import { mergeFiles, readPolicy, type InputOptions } from './inputs.ts';
import { replaceFile } from './files.ts';
import { shownDocument } from './shown-document.ts';
import { printable } from '../printable.ts';
import type { Terminal } from './terminal.ts';

interface Options extends InputOptions {
  readonly out?: string;
  readonly json?: boolean;
}

/**
 * Runs the command line.
 *
 * @returns The exit code: 0 done or nothing to change, 2 `plan` found changes, 1 error, told in one line.
 */
export async function main(args: readonly string[], terminal: Terminal): Promise<0 | 1 | 2> {
  let exitCode: 0 | 2 = 0;
  const program = new Command('clawharbor-config')
    .description('Merges a config that people edit with the one the infrastructure wants.')
    .exitOverride()
    .configureOutput({ writeOut: (text) => terminal.stdout.write(text), writeErr: () => undefined });

  withInputs(program.command('merge'))
    .description('merge, and print or write the config: the text of live with what changes')
    .option('--out <file>', 'write here, atomically; the file before stays as <file>.previous')
    .option('--json', 'print {config, changes, warnings}')
    .action(async (options: Options) => {
      const { out } = options;
      if (out === '-') {
        throw new ConfigMergeError('USAGE', '--out names a file: leave it out to print the config');
      }
      const { text, sourcesOf: _, ...result } = await mergeFiles(options, terminal);
      if (out !== undefined) await replaceFile(out, text);
      if (options.json === true) printJson(terminal, result);
      else if (out === undefined) terminal.stdout.write(shownDocument(text));
      if (options.json !== true) terminal.stderr.write(warningLines(result.warnings, terminal.stderr));
    });

  withIncludes(withInputs(program.command('plan')))
    .description('show what a merge would change, grouped by owner; exit code 2 if anything')
    .option('--json', 'print {changes, warnings, upToDate}; with OpenClaw, the effect of each change too')
    .action(async (options: Options) => {
      const merged = await mergeFiles(options, terminal);
      const plan = await withEffects(withFiles(planOf(merged), merged.sourcesOf), options);
      if (options.json === true) printJson(terminal, plan);
      else terminal.stdout.write(planText(plan, terminal.stdout));
      exitCode = plan.upToDate ? 0 : 2;
    });

  withIncludes(withInputs(program.command('explain')))
    .description('say who owns a key and where its value comes from')
    .argument('<path>', 'as in gateway.auth.mode or hosts["a.b"].port')
    .option('--json', 'print {value, owner, source, reason}')
    .action(async (path: string, options: Options) => {
      const merged = await mergeFiles(options, terminal);
      const files = merged.sourcesOf?.(path).map(formatSource);
      const explanation = { ...explain(merged, path), ...(files && { files }) };
      if (options.json === true) printJson(terminal, explanation);
      else terminal.stdout.write(explanationText(path, explanation, terminal.stdout));
    });

  program
    .command('check')
    .description('check a policy')
    .addOption(policyOption().makeOptionMandatory())
    .action(async ({ policy: file }: { policy: string }) => {
      const { rules } = await readPolicy(file, terminal);
      terminal.stdout.write(`${printable(file)}: ${rules.length} rules, no ties\n`);
    });

  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    terminal.stderr.write(`${printable(errorLine(error))}\n`);
    return 1;
  }
}

function withInputs(command: Command): Command {
  return command
    .option('--live <file>', 'the config in use; leave out when there is none yet')
    .requiredOption('--desired <file>', 'the config the infrastructure wants')
    .option('--last-applied <file>', 'the desired config of the merge before')
    .addOption(policyOption().default('openclaw'))
    .option('--owners <file>', 'other owners for some paths: JSON5, or a file of it');
}

function withIncludes(command: Command): Command {
  return command.option(
    '--include-root <dir>',
    'follow what live includes ($include) inside this folder, and name the file of each value',
  );
}

function policyOption(): Option {
  return new Option('--policy <file>', 'a policy as JSON5, or "openclaw"');
}

function printJson(terminal: Terminal, value: object): void {
  // The same value, whatever characters its texts hold.
  terminal.stdout.write(`${JSON.stringify(value, null, 2).split('\n').map(printable).join('\n')}\n`);
}

function errorLine(error: unknown): string {
  if (error instanceof ConfigMergeError) return `${error.code} ${error.message}`.replaceAll('\n', ' ');
  if (error instanceof CommanderError) {
    const usage = error.code === 'commander.help' ? 'name a command' : error.message.replace(/^error: /u, '');
    return `USAGE ${usage.replaceAll('\n', ' ')}: see clawharbor-config --help`;
  }
  throw error;
}
