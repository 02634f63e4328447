import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Observation } from '../conditions.ts';
import { writeAtomically } from '../config/atomic-file.ts';
import { parseOrNothing, readIfPresent } from '../config/files.ts';
import { readLive } from '../config/live-config.ts';
import type { Host } from '../host/host.ts';
import { askModel, type ModelAnswer } from '../openclaw/ask-model.ts';
import { gatewayUnitName } from '../openclaw/gateway-unit.ts';
import type { Step, StepContext, Warning } from './step.ts';

const hour = 60 * 60 * 1000;

/** How long an outcome stands, unless something changes: the bootstrap may run every minute, and a question costs money. */
const validMilliseconds = { answered: 24 * hour, failed: hour };

/** An empty end says nothing of the model. When it comes so often, it does. */
const emptyEnds = 3;

/**
 * Whether the default model answers. Ready does not say so: without a provider's plugin, with a wrong key or a model that the
 * account may not use, the gateway is ready all the same. It belongs behind the lifecycle signal, and only ever warns:
 * a model that is away for an hour is no reason to replace an instance.
 */
export const smokeTest: Step = {
  name: 'smoke-test',
  phase: 'activate',
  // A question changes nothing.
  plan: async () => [],
  async apply(context) {
    const { host, spec } = context;
    if (!spec.smokeTest) return { changes: [], skipped: 'the spec turns it off' };
    const before = await read(host);
    if (!(await isDue(context, before))) return { changes: [], ...told(before) };
    const basis = await basisOf(context);
    const wanted = await defaultModel(host);
    const answer = await askModel(context);
    const empty = before?.basis === basis ? before.empty : 0;
    const outcome = judge(answer, { wanted, empty, basis, at: host.now().getTime() });
    await write(host, outcome);
    const isAnswered = answer.kind === 'answered' && outcome.why === undefined;
    return {
      changes: isAnswered ? [`the model answers: ${answer.model}`] : [],
      ...told(outcome),
    };
  },
};

const outcomeSchema = z.object({
  /** What the model's answer rests on, as a hash. */
  basis: z.string(),
  at: z.number(),
  /** Why it does not answer; absent where it does, or where nothing is known yet. */
  why: z.string().optional(),
  /** Empty ends in a row. */
  empty: z.number(),
});
type Outcome = z.output<typeof outcomeSchema>;

export interface Asked {
  /** The default model by its name, as in `provider/model`; absent where the config names none. */
  readonly wanted?: string | undefined;
  /** Empty ends in a row until now. */
  readonly empty: number;
  readonly basis: string;
  readonly at: number;
}

/**
 * What an answer means. Where the provider of the default model is not there, OpenClaw lets another model answer, and says
 * so only in which it was.
 */
export function judge(answer: ModelAnswer, { wanted, empty, basis, at }: Asked): Outcome {
  if (answer.kind === 'failed') return { basis, at, empty: 0, why: answer.why };
  if (answer.kind === 'answered') {
    const isOther = wanted !== undefined && !isSameModel(wanted, answer.model);
    const why = `${answer.model} answered in place of ${String(wanted)}`;
    return { basis, at, empty: 0, ...(isOther ? { why } : {}) };
  }
  const ends = empty + 1;
  const why = `it ended ${ends} times without a word`;
  return { basis, at, empty: ends, ...(ends < emptyEnds ? {} : { why }) };
}

/** A provider has more than one name, and a login may be named behind an `@`; the model's own name is one. */
function isSameModel(one: string, other: string): boolean {
  const own = (name: string) =>
    name
      .slice(name.indexOf('/') + 1)
      .replace(/@.*$/, '')
      .toLowerCase();
  return own(one) === own(other);
}

/** Whether an outcome still stands at a time, for what the answer rests on now. */
export function stillStands(outcome: Outcome | undefined, basis: string, now: number): boolean {
  if (outcome?.basis !== basis || (outcome.empty > 0 && outcome.why === undefined)) return false;
  const age = now - outcome.at;
  // A clock that was set back must not put it off for years.
  return (
    age >= 0 && age < (outcome.why === undefined ? validMilliseconds.answered : validMilliseconds.failed)
  );
}

async function isDue(context: StepContext, before: Outcome | undefined): Promise<boolean> {
  return !stillStands(before, await basisOf(context), context.host.now().getTime());
}

/** The process, which has its secrets from its start, and what the config says of models: with others, the answer may change. */
async function basisOf({ host }: StepContext): Promise<string> {
  const { live } = await readLive(host);
  const { models, agents, plugins } = { ...live?.joined.value } as Readonly<Record<string, unknown>>;
  const { pid, restarts } = await host.units.state(gatewayUnitName);
  const basis = JSON.stringify([pid, restarts, models, agents, plugins]);
  return createHash('sha256').update(basis).digest('hex');
}

/** Only a full name says which model it is: there are short ones, too. */
export async function defaultModel(host: Host): Promise<string | undefined> {
  const { live } = await readLive(host);
  const parsed = defaultSchema.safeParse(live?.joined.value);
  const model = parsed.success ? parsed.data.agents.defaults.model : undefined;
  const name = typeof model === 'string' ? model : model?.primary;
  return name?.includes('/') ? name : undefined;
}

const modelSchema = z.union([z.string(), z.object({ primary: z.string() })]);
const defaultSchema = z.object({ agents: z.object({ defaults: z.object({ model: modelSchema }) }) });

function told(outcome: Outcome | undefined): {
  readonly warnings: readonly Warning[];
  readonly conditions: readonly Observation[];
} {
  if (outcome === undefined) return { warnings: [], conditions: [] };
  const type = 'ModelAnswers';
  if (outcome.why !== undefined) {
    const message = `The default model does not answer: ${outcome.why}. The gateway runs; who writes to it gets this, too.`;
    return {
      warnings: [{ code: 'MODEL_NOT_ANSWERING', message }],
      conditions: [{ type, status: 'False', reason: 'NotAnswering', message }],
    };
  }
  const condition: Observation =
    outcome.empty > 0
      ? { type, status: 'Unknown', reason: 'EmptyAnswer', message: 'The default model ended without a word.' }
      : { type, status: 'True', reason: 'Answered', message: 'The default model answered.' };
  return { warnings: [], conditions: [condition] };
}

/** On this machine: another one has another process. */
const fileOf = ({ layout }: Host): string => join(layout.reports, 'model.json');

async function read(host: Host): Promise<Outcome | undefined> {
  const text = await readIfPresent(fileOf(host));
  return text === undefined ? undefined : outcomeSchema.safeParse(parseOrNothing(text)).data;
}

async function write(host: Host, outcome: Outcome): Promise<void> {
  await mkdir(host.layout.reports, { recursive: true });
  await writeAtomically(fileOf(host), `${JSON.stringify(outcome)}\n`, { mode: 0o600 });
}
