import { existsSync } from 'node:fs';
import * as z from 'zod';
import { parseOrNothing } from '../config/files.ts';
import { diskErrorIn } from '../disk-error.ts';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { gatewayUnitName, openclawEnvironment, openclawProgram } from '../openclaw/gateway-unit.ts';
import type { PodSpec } from '../spec/pod-spec.ts';

/** What `openclaw backup create --json` prints, in `docs/cli/backup.md` of OpenClaw. */
export const createdSchema = z.object({
  createdAt: z.iso.datetime(),
  archivePath: z.string(),
  verified: z.literal(true),
  assets: z.array(z.object({ kind: z.string(), sourcePath: z.string() })),
  skipped: z.array(z.object({ sourcePath: z.string(), reason: z.string() })).default([]),
  warnings: z.array(z.string()).default([]),
});

/** What this package needs of `manifest.json` in an archive. */
const archiveManifestSchema = z.object({
  runtimeVersion: z.string(),
  paths: z.object({ stateDir: z.string() }),
  assets: z.array(z.object({ kind: z.string(), sourcePath: z.string(), archivePath: z.string() })),
});

/** @returns undefined for what is no manifest of an archive */
export function parseArchiveManifest(
  text: string | undefined,
): z.infer<typeof archiveManifestSchema> | undefined {
  return text === undefined ? undefined : archiveManifestSchema.safeParse(parseOrNothing(text)).data;
}

const failureSchema = z.object({ error: z.object({ message: z.string() }) });

export interface OpenClawBackupOptions {
  /** After `openclaw backup`, without `--json`. */
  readonly args: readonly string[];
  /** State directory that OpenClaw takes for its own. Default: the pod's. */
  readonly state?: string;
  /** Where it may put what is temporary. */
  readonly scratch: string;
  /** What it means that OpenClaw refuses. That it does not come to an answer says nothing of any archive. Default: `BACKUP_FAILED`. */
  readonly refusal?: 'BACKUP_FAILED' | 'BACKUP_CORRUPT';
  readonly timeoutSeconds?: number;
  readonly signal: AbortSignal;
}

/**
 * Runs `openclaw backup ...` as the gateway's user, beside the gateway: its locks lie in /tmp, which is the gateway's own.
 * No secret is given to it: it resolves none.
 * @throws BootstrapError `BACKUP_FAILED` or another {@link OpenClawBackupOptions.refusal} with OpenClaw's words; `DISK_FULL`;
 * `OPENCLAW_UNUSABLE`
 */
export async function openclawBackup(
  host: Host,
  spec: PodSpec,
  { args, state, scratch, refusal = 'BACKUP_FAILED', timeoutSeconds = 3600, signal }: OpenClawBackupOptions,
): Promise<unknown> {
  mustBeInstalled(host, spec);
  const elsewhere =
    state === undefined ? {} : { OPENCLAW_STATE_DIR: state, OPENCLAW_CONFIG_PATH: `${state}/openclaw.json` };
  const result = await host.run({
    file: host.node,
    args: [openclawProgram(host.layout, spec.openclaw.version), 'backup', ...args, '--json'],
    cwd: '/',
    environment: { ...openclawEnvironment(host, spec), ...elsewhere, TMPDIR: scratch },
    beside: gatewayUnitName,
    outputLimit: 64 * 1024 * 1024,
    timeoutSeconds,
    signal,
    ...(host.gatewayUser === undefined ? {} : { user: host.gatewayUser }),
  });
  const answer = parseOrNothing(result.stdout);
  if (result.exitCode === 0 && answer !== undefined) return answer;
  const refused = failureSchema.safeParse(answer).data?.error.message;
  const said = refused ?? result.stderr.trim().slice(-1000);
  const full = diskErrorIn(said, `openclaw backup ${args[0]} in ${scratch}`);
  if (full) throw full;
  throw new BootstrapError(
    refused === undefined ? 'BACKUP_FAILED' : refusal,
    `openclaw backup ${args[0]} ended with ${result.exitCode}: ${said}`,
  );
}

/** @throws BootstrapError `OPENCLAW_UNUSABLE` */
export function mustBeInstalled({ layout }: Host, { openclaw }: PodSpec): void {
  if (existsSync(openclawProgram(layout, openclaw.version))) return;
  throw new BootstrapError(
    'OPENCLAW_UNUSABLE',
    `OpenClaw ${openclaw.version} is not installed here: run the bootstrap with --phase prepare first.`,
  );
}
