import type { StepEvent } from '../converge.ts';
import type { PlannedStep } from '../plan.ts';
import type { Report } from '../report.ts';

/** What the command says on stdout while it works: for people, or one JSON object per line for programs. */
export interface Output {
  readonly step: (event: StepEvent) => void;
  readonly plan: (steps: readonly PlannedStep[]) => void;
  readonly report: (report: Report) => void;
  readonly problem: (problem: { readonly code: string; readonly message: string }) => void;
}

export function outputFor(json: boolean): Output {
  return json ? jsonOutput : textOutput;
}

const jsonOutput: Output = {
  step: line,
  plan: (steps) => line({ event: 'plan', steps }),
  report: (report) => line({ event: 'report', ...report }),
  problem: (problem) => line({ event: 'problem', ...problem }),
};

const textOutput: Output = {
  step({ step, status, durationMs, detail }) {
    if (status === 'started') return;
    print(`${step.padEnd(20)} ${status.padEnd(10)} ${seconds(durationMs ?? 0)}`);
    for (const text of detail ?? []) print(`    ${text.replaceAll('\n', '\n      ')}`);
  },
  plan(steps) {
    const active = steps.filter(({ changes }) => changes.length > 0);
    for (const { name, changes } of active) {
      print(name);
      for (const change of changes) print(`    ${change}`);
    }
    if (active.length === 0) print('Nothing to do.');
  },
  report: ({ outcome, startedAt, finishedAt }) =>
    print(`${outcome} after ${seconds(Date.parse(finishedAt) - Date.parse(startedAt))}`),
  problem: ({ code, message }) => print(`${code}: ${message}`),
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
