import { instanceLayout } from '../host/layout.ts';
import { observeMachine, readSettled } from './machine.ts';
import { whyDue } from './settled.ts';
import { observeWish } from './wish.ts';

// The look of each minute on an instance: a program of its own, because loading the bootstrap costs more than all of it.
// Exit codes: 0 where a run would find nothing to do, 2 where it may, and why.

async function whyRun(source: string): Promise<string | undefined> {
  try {
    const settled = await readSettled(instanceLayout);
    // Without it AWS need not be asked.
    if (settled === undefined) return 'the last run has changed something, or has failed';
    const [wish, machine] = await Promise.all([observeWish(source), observeMachine(settled.places)]);
    return whyDue(settled, wish, machine);
  } catch (error) {
    return (error as Error).message;
  }
}

const why = await whyRun(process.argv[2] ?? '');
console.log(why === undefined ? 'nothing has changed' : `a run of the bootstrap: ${why}`);
process.exitCode = why === undefined ? 0 : 2;
