import { z } from 'zod';
import type { Host } from '../host/host.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import { openclawEnvironment, openclawProgram } from './gateway-unit.ts';

const answerOfOpenClaw = z.object({
  valid: z.boolean(),
  issues: z.array(z.object({ path: z.string().default(''), message: z.string().default('') })).default([]),
});

export interface Validation {
  readonly valid: boolean;
  /** One line each: where, and what is wrong. */
  readonly issues: readonly string[];
}

/**
 * Asks the pinned OpenClaw itself whether it accepts a config. It reads the state for the schemas of installed
 * plugins and writes nothing. The file must lie beside the live config, so that its `$include`s mean the same.
 */
export async function validateConfig(host: Host, spec: PodSpec, file: string): Promise<Validation> {
  const result = await host.run({
    file: host.node,
    args: [openclawProgram(host.layout, spec.openclaw.version), 'config', 'validate', '--json'],
    cwd: host.layout.state,
    environment: { ...openclawEnvironment(host, spec), OPENCLAW_CONFIG_PATH: file },
    timeoutSeconds: 120,
    ...(host.gatewayUser === undefined ? {} : { user: host.gatewayUser }),
  });
  const answer = parseAnswer(result.stdout);
  if (answer) return answer;
  const said = `${result.stderr}\n${result.stdout}`.trim().split('\n').slice(-5).join(' ');
  return { valid: false, issues: [`openclaw config validate ended with code ${result.exitCode}: ${said}`] };
}

function parseAnswer(stdout: string): Validation | undefined {
  try {
    const { valid, issues } = answerOfOpenClaw.parse(JSON.parse(stdout));
    return { valid, issues: issues.map(({ path, message }) => `${path || '(root)'}: ${message}`) };
  } catch {
    return undefined;
  }
}
