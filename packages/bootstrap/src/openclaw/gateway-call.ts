import type { z } from 'zod';
import { parseOrNothing } from '../config/files.ts';
import { BootstrapError } from '../errors.ts';
import { knownSecrets } from '../secrets/known-secrets.ts';
import { redact } from '../secrets/redact.ts';
import type { StepContext } from '../steps/step.ts';
import { openclawEnvironment, openclawProgram } from './gateway-unit.ts';

/** `config.get` answers a config several times over. */
const answerLimit = 128 * 1024 * 1024;

/**
 * Calls a method of the running gateway as its host, with the local password: `docs/cli/gateway.md` of OpenClaw.
 * @throws BootstrapError `GATEWAY_CALL_FAILED`
 */
export async function gatewayCall(
  { host, spec, secretEnvironment }: StepContext,
  method: string,
  parameters: unknown,
): Promise<unknown> {
  const secrets = await secretEnvironment();
  const { OPENCLAW_GATEWAY_PASSWORD: password } = secrets;
  const result = await host.run({
    file: host.node,
    args: [
      openclawProgram(host.layout, spec.openclaw.version),
      'gateway',
      'call',
      method,
      '--json',
      '--params',
      JSON.stringify(parameters),
    ],
    cwd: host.layout.state,
    environment: {
      ...openclawEnvironment(host, spec),
      ...(password === undefined ? {} : { OPENCLAW_GATEWAY_PASSWORD: password }),
    },
    timeoutSeconds: 60,
    outputLimit: answerLimit,
    ...(host.gatewayUser === undefined ? {} : { user: host.gatewayUser }),
  });
  const answer = result.exitCode === 0 ? parseOrNothing(result.stdout) : undefined;
  if (answer !== undefined) return answer;
  const said = redact(result.stderr.trim() || result.stdout.trim(), await knownSecrets(host, secrets));
  const end = said.split('\n').slice(-5).join(' ').slice(-1000);
  throw new BootstrapError('GATEWAY_CALL_FAILED', `openclaw gateway call ${method} failed: ${end}`);
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
    `openclaw gateway call ${method} answered in another form than it had: ${where}`,
  );
}
