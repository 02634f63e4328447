import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { BootstrapError } from '../errors.ts';
import type { StepContext } from '../steps/step.ts';
import { askGateway, gatewayCall } from './gateway-call.ts';

/** What became of one question to the default model. */
export type ModelAnswer =
  | { readonly kind: 'answered'; readonly model: string }
  /** The run ended without a word: nothing is known of the model. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'failed'; readonly why: string };

const agents = z.object({ defaultId: z.string() });

const ended = z.object({
  result: z
    .object({
      payloads: z.array(z.object({ text: z.string().nullish() })).default([]),
      meta: z
        .object({
          agentMeta: z.object({ provider: z.string().optional(), model: z.string().optional() }).optional(),
        })
        .optional(),
    })
    .default({ payloads: [] }),
});

/** Few tokens there, few tokens back. */
const message = 'Reply with the one word: ok';

/**
 * Asks the default model one short question through the running gateway, as its host. It does what
 * `openclaw infer model run --gateway` does (`docs/cli/infer.md`), whose start takes ten times as long as the answer: a session of
 * its own, without tools and history, so nothing of anybody is read or waited for, with a key by which OpenClaw knows it as such
 * (`docs/cli/sessions.md`). After an unclean end the gateway takes up turns of its own, and a message into their session gets
 * an empty end at once and its answer later: so an empty end is no answer here.
 */
export async function askModel(context: StepContext): Promise<ModelAnswer> {
  try {
    const { defaultId: agentId } = await askGateway(context, 'agents.list', {}, agents);
    const sessionId = `model-run-${randomUUID()}`;
    const question = {
      agentId,
      sessionId,
      sessionKey: `agent:${agentId}:explicit:${sessionId}`,
      message,
      modelRun: true,
      promptMode: 'none',
      cleanupBundleMcpOnRunEnd: true,
      idempotencyKey: randomUUID(),
    };
    return judgeAnswer(await gatewayCall(context, 'agent', question, { timeoutSeconds: 120, isFinal: true }));
  } catch (error) {
    if (!(error instanceof BootstrapError)) throw error;
    return { kind: 'failed', why: error.message.slice(-600) };
  }
}

/** @param answer of the method `agent` */
export function judgeAnswer(answer: unknown): ModelAnswer {
  const parsed = ended.safeParse(answer);
  if (!parsed.success) return { kind: 'failed', why: 'the gateway answered in another form than it had' };
  const { payloads, meta } = parsed.data.result;
  if (payloads.every(({ text }) => (text ?? '').trim() === '')) return { kind: 'empty' };
  const { provider, model } = meta?.agentMeta ?? {};
  return { kind: 'answered', model: [provider, model].filter((part) => part !== undefined).join('/') };
}
