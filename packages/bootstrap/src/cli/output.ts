import type { StepEvent } from '../run.ts';
import type { PlannedStep } from '../plan.ts';
import type { Report } from '../report.ts';

/** What the command says on stdout while it works: for people, or one JSON object per line for programs. */
export interface Output {
  readonly step: (event: StepEvent) => void;
  readonly plan: (steps: readonly PlannedStep[]) => void;
  readonly report: (report: Report) => void;
  readonly problem: (problem: { readonly code: string; readonly message: string }) => void;
  /** What is not there yet, such as an answer of AWS, and how long it is waited for. */
  readonly waiting: (why: string) => void;
}

export function outputFor(json: boolean): Output {
  return json ? jsonOutput : textOutput;
}

const jsonOutput: Output = {
  step: line,
  plan: (steps) => line({ event: 'plan', steps }),
  report: (report) => line({ event: 'report', ...report }),
  // The message of an error is none of its properties that are copied.
  problem: ({ code, message }) => line({ event: 'problem', code, message }),
  waiting: (why) => line({ event: 'waiting', why }),
};

const textOutput: Output = {
  step({ step, status, durationMs, detail }) {
    if (status === 'started') return;
    print(`${step.padEnd(20)} ${status.padEnd(10)} ${seconds(durationMs ?? 0)}`);
    for (const text of detail ?? []) print(`    ${text.replaceAll('\n', '\n      ')}`);
  },
  plan(steps) {
    for (const { name, changes, kept = [] } of steps) {
      if (changes.length + kept.length > 0) print(name);
      for (const change of changes) print(`    ${change}`);
      for (const left of kept) print(`    keep ${left}`);
    }
    if (steps.every(({ changes }) => changes.length === 0)) print('Nothing to do.');
  },
  report({ outcome, startedAt, finishedAt, conditions }) {
    print(`${outcome} after ${seconds(Date.parse(finishedAt) - Date.parse(startedAt))}`);
    for (const { type, status, message } of conditions) {
      if (status !== 'True') print(`    ${type}: ${status}. ${message.replaceAll('\n', '\n      ')}`);
    }
  },
  problem: ({ code, message }) => print(`${code}: ${message}`),
  waiting: (why) => print(`waiting: ${why}`),
};

function line(value: object): void {
  print(JSON.stringify(value));
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
