import { BootstrapError } from '../errors.ts';
import type { StepContext } from '../steps/step.ts';
import { openclawEnvironment, openclawProgram } from './gateway-unit.ts';

/**
 * Calls a method of the running gateway as its host, with the local password: `docs/cli/gateway.md` of OpenClaw.
 * @throws BootstrapError `GATEWAY_CALL_FAILED`
 */
export async function gatewayCall(
  { host, spec, secretEnvironment }: StepContext,
  method: string,
  parameters: unknown,
): Promise<unknown> {
  const { OPENCLAW_GATEWAY_PASSWORD: password } = await secretEnvironment();
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
    ...(host.gatewayUser === undefined ? {} : { user: host.gatewayUser }),
  });
  if (result.exitCode === 0) return JSON.parse(result.stdout) as unknown;
  const said = (result.stderr.trim() || result.stdout.trim()).split('\n').slice(-5).join(' ');
  throw new BootstrapError('GATEWAY_CALL_FAILED', `openclaw gateway call ${method} failed: ${said}`);
}
