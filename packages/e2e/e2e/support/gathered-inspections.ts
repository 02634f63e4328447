import { setTimeout as delay } from 'node:timers/promises';
import { ProcessHost } from '@clawharbor/bootstrap';

type Command = Parameters<ProcessHost['run']>[0];
type CommandResult = Awaited<ReturnType<ProcessHost['run']>>;

interface Waiting {
  readonly command: Command;
  readonly question: Question;
  readonly resolve: (result: CommandResult) => void;
  readonly reject: (error: unknown) => void;
}

/** What the program reads that `inspectConfigs` of the bootstrap starts OpenClaw with. */
interface Question {
  readonly withContent: boolean;
  readonly sets: readonly unknown[];
}

/** Stands around the answer, whose rest is what OpenClaw prints besides. */
const mark = '\u001eclawharbor ';

/** Of one start: more would wait for one core while the other is idle. */
const setsPerStart = 60;

/**
 * A host on which many ask at the same time what OpenClaw makes of their configs, and get the answers of one start of it
 * instead of a start each: its program takes any number. Whoever asks sees no difference.
 */
export class GatheringHost extends ProcessHost {
  #waiting: Waiting[] = [];

  override run(command: Command): Promise<CommandResult> {
    const question = questionOf(command);
    if (question === undefined) return super.run(command);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ command, question, resolve, reject });
      if (this.#waiting.length === 1) void this.#gather();
    });
  }

  async #gather(): Promise<void> {
    for (let seen = 0; seen < this.#waiting.length; await delay(200)) seen = this.#waiting.length;
    const all = this.#waiting;
    this.#waiting = [];
    const groups = [true, false].flatMap((withContent) =>
      chunks(all.filter(({ question }) => question.withContent === withContent)),
    );
    // Two at a time: each keeps a core busy.
    const queue = groups.values();
    const work = async (): Promise<void> => {
      for (const group of queue) await this.#ask(group);
    };
    await Promise.all([work(), work()]);
  }

  async #ask(group: readonly Waiting[]): Promise<void> {
    const [first] = group;
    if (first === undefined) return;
    try {
      const sets = group.flatMap(({ question }) => question.sets);
      const input = JSON.stringify({ ...first.question, sets });
      const result = await super.run({ ...first.command, input });
      const said = result.stdout.split(mark).at(1);
      const answers = said === undefined ? undefined : (JSON.parse(said) as unknown[]);
      for (const { question, resolve } of group) {
        const own = answers?.splice(0, question.sets.length);
        resolve(own === undefined ? result : { ...result, stdout: mark + JSON.stringify(own) + mark });
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }
}

function questionOf({ input }: Command): Question | undefined {
  if (input?.startsWith('{"install":') !== true) return undefined;
  const question = JSON.parse(input) as Partial<Question>;
  return Array.isArray(question.sets) && question.withContent !== undefined
    ? (question as Question)
    : undefined;
}

function chunks(all: readonly Waiting[]): Waiting[][] {
  const size = Math.max(1, Math.min(setsPerStart, Math.ceil(all.length / 2)));
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}
