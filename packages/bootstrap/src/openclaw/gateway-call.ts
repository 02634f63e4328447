import type { z } from 'zod';
import { BootstrapError } from '../errors.ts';
import { knownSecrets } from '../secrets/known-secrets.ts';
import { redact } from '../secrets/redact.ts';
import type { StepContext } from '../steps/step.ts';
import type { GatewayCall } from './gateway-line.ts';

/**
 * Calls a method of the running gateway as its host, with the local password.
 * @throws BootstrapError `GATEWAY_CALL_FAILED`
 */
export async function gatewayCall(
  { host, spec, secretEnvironment, line }: StepContext,
  method: string,
  parameters: unknown,
  options: Pick<GatewayCall, 'timeoutSeconds' | 'isFinal' | 'scopes'> = {},
): Promise<unknown> {
  const secrets = await secretEnvironment();
  const call = { method, parameters, ...options };
  const { answer, failed } = await line.call(spec, secrets['OPENCLAW_GATEWAY_PASSWORD'], call);
  if (failed === undefined) return answer;
  const said = redact(failed.trim(), await knownSecrets(host, secrets));
  const end = said.split('\n').slice(-5).join(' ').slice(-1000);
  throw new BootstrapError('GATEWAY_CALL_FAILED', `the call of ${method} failed: ${end}`);
}

/** For a call that will be made once the gateway, which is starting, is ready: so nobody waits for the start of its client. */
export async function readyToCall({ spec, secretEnvironment, line }: StepContext): Promise<void> {
  line.warm(spec, (await secretEnvironment())['OPENCLAW_GATEWAY_PASSWORD']);
}

/**
 * The same, for an answer of a known form: one of another form is no answer.
 * @throws BootstrapError `GATEWAY_CALL_FAILED`
 */
export async function askGateway<T>(
  context: StepContext,
  method: string,
  parameters: unknown,
  form: z.ZodType<T>,
): Promise<T> {
  const parsed = form.safeParse(await gatewayCall(context, method, parameters));
  if (parsed.success) return parsed.data;
  // What it has been given is not shown: it may be somebody's.
  const where = parsed.error.issues.map(({ path }) => path.join('.') || '(root)').join(', ');
  throw new BootstrapError(
    'GATEWAY_CALL_FAILED',
    `the call of ${method} was answered in another form than it had: ${where}`,
  );
}
