import * as z from 'zod';
import { BootstrapError } from '../errors.ts';
import { isKnownVersion, openclawVersions, whyNotRun } from '../openclaw-release.ts';
import { podSpecSchema, type PodSpec } from './pod-spec.ts';

/**
 * Checks a pod spec.
 * @param origin where it came from, for the message
 * @throws BootstrapError `SPEC_TOO_NEW`; `OPENCLAW_VERSION_NOT_RUN` for a release that can only be upgraded from; else
 * `SPEC_INVALID` naming every wrong field
 */
export function parsePodSpec(value: unknown, origin: string): PodSpec {
  refuseNewer(value, origin);
  const result = podSpecSchema.safeParse(value);
  if (result.success) return result.data;
  const { version } = (value as { openclaw?: { version?: unknown } } | null)?.openclaw ?? {};
  const why = isKnownVersion(version) ? whyNotRun(version) : undefined;
  if (why !== undefined) {
    throw new BootstrapError(
      'OPENCLAW_VERSION_NOT_RUN',
      `${origin} asks for OpenClaw ${String(version)}, which no pod runs: ${why}. Use ${openclawVersions.join(', ')}.`,
    );
  }
  throw new BootstrapError('SPEC_INVALID', `${origin} is not a pod spec: ${describe(result.error)}`);
}

/** A deployment writes the spec before it replaces the instance: for a while the old program reads the new form. */
function refuseNewer(value: unknown, origin: string): void {
  const { apiVersion } = podSpecSchema.shape;
  const asked = z.object({ apiVersion: z.string().regex(/^clawharbor\/v\d+$/) }).safeParse(value)
    .data?.apiVersion;
  if (asked === undefined || asked === apiVersion.value) return;
  throw new BootstrapError(
    'SPEC_TOO_NEW',
    `${origin} is of ${asked}, and this bootstrap knows ${apiVersion.value}. Nothing is changed; the instance that the deployment launches brings a newer one.`,
  );
}

function describe(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.') || '(root)'}: ${issue.message}`).join('; ');
}
