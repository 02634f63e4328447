import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { writeAtomically } from '../config/atomic-file.ts';
import type { Host } from '../host/host.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import { configFile, openclawEnvironment, openclawProgram } from './gateway-unit.ts';

const answerOfOpenClaw = z.object({
  valid: z.boolean(),
  issues: z.array(z.object({ path: z.string().default(''), message: z.string().default('') })).default([]),
});

interface Validation {
  readonly valid: boolean;
  /** One line each: where, and what is wrong. */
  readonly issues: readonly string[];
}

/**
 * Asks the pinned OpenClaw itself whether it accepts a config. It reads the state for the schemas of installed plugins
 * and writes nothing.
 */
export async function validateConfig(host: Host, spec: PodSpec, text: string): Promise<Validation> {
  // Beside the live config, so that its `$include`s mean the same.
  const file = `${configFile(host.layout)}.${randomBytes(6).toString('hex')}.candidate`;
  try {
    await writeAtomically(file, text, { beforeRename: (temporary) => host.own(temporary, 0o600) });
    return await ask(host, spec, file);
  } finally {
    await rm(file, { force: true });
  }
}

async function ask(host: Host, spec: PodSpec, file: string): Promise<Validation> {
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
