import { z } from 'zod';
import { knownSecrets } from '../secrets/known-secrets.ts';
import { redact } from '../secrets/redact.ts';
import type { StepContext } from '../steps/step.ts';
import { openclawEnvironment, openclawProgram } from './gateway-unit.ts';

/** What became of one question to the default model. */
export type ModelAnswer =
  | { readonly kind: 'answered'; readonly model: string }
  /** The run ended without a word: nothing is known of the model. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'failed'; readonly why: string };

const answer = z.object({
  provider: z.string().optional(),
  model: z.string().optional(),
  outputs: z.array(z.object({ text: z.string().nullish() })).default([]),
});

/** Few tokens there, few tokens back. */
const prompt = 'Reply with the one word: ok';

/**
 * Asks the default model one short question through the running gateway, as its host: `docs/cli/infer.md` of OpenClaw. It is
 * a session of its own, without tools and history, so nothing of anybody is read or waited for. After an unclean end the
 * gateway takes up turns of its own, and a message into their session gets an empty end at once and its answer later: so an
 * empty end is no answer here.
 */
export async function askModel({ host, spec, secretEnvironment }: StepContext): Promise<ModelAnswer> {
  const secrets = await secretEnvironment();
  const { OPENCLAW_GATEWAY_PASSWORD: password } = secrets;
  const result = await host.run({
    file: host.node,
    args: [
      openclawProgram(host.layout, spec.openclaw.version),
      'infer',
      'model',
      'run',
      '--gateway',
      '--json',
      '--prompt',
      prompt,
    ],
    cwd: host.layout.state,
    environment: {
      ...openclawEnvironment(host, spec),
      ...(password === undefined ? {} : { OPENCLAW_GATEWAY_PASSWORD: password }),
    },
    timeoutSeconds: 180,
    ...(host.gatewayUser === undefined ? {} : { user: host.gatewayUser }),
  });
  const known = await knownSecrets(host, secrets);
  return judgeAnswer(result, (text) => redact(text, known));
}

/** @param hide takes secrets out of what the provider says */
export function judgeAnswer(
  { exitCode, stdout, stderr }: { exitCode: number; stdout: string; stderr: string },
  hide: (text: string) => string,
): ModelAnswer {
  const parsed = answer.safeParse(jsonIn(stdout));
  if (exitCode !== 0 || !parsed.success) {
    return {
      kind: 'failed',
      why: reasonIn(hide(`${stderr}\n${stdout}`)) || `it ended with code ${exitCode}`,
    };
  }
  const { provider, model, outputs } = parsed.data;
  if (outputs.every(({ text }) => (text ?? '').trim() === '')) return { kind: 'empty' };
  return { kind: 'answered', model: [provider, model].filter((part) => part !== undefined).join('/') };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text.slice(Math.max(0, text.indexOf('{')))) as unknown;
  } catch {
    return undefined;
  }
}

/** The last sentence that was said, in a length that a report can hold. */
function reasonIn(said: string): string {
  const lines = said.split('\n').map((line) => line.trim());
  return lines
    .filter((line) => line !== '')
    .slice(-3)
    .join(' ')
    .slice(-600);
}
