import { openclawReleases } from '@clawharbor/bootstrap/spec';
import * as z from 'zod';
import type { InfraErrorCode } from '../errors.ts';
import { agentsOptions } from './agents-options.ts';
import { isDeployedAs } from '../fixed-props.ts';
import { alarmOptions } from './alarm-options.ts';
import { backupOptions } from './backup-options.ts';
import { bedrockOptions } from './bedrock-options.ts';
import { domainOptions } from './domain-options.ts';
import { loginOptions } from './login-options.ts';
import { must } from './must.ts';
import { networkOptions } from './network-options.ts';
import { ollamaOptions } from './ollama-options.ts';
import { openclawOptions } from './openclaw-options.ts';
import { retainedOptions } from './retained-options.ts';

const machine = z
  .strictObject({
    architecture: z.enum(['arm64', 'x86_64']).default('arm64'),
    instanceType: z
      .string()
      .refine(
        ...must<string>(
          (type) => /^[a-z][a-z0-9-]*\d[a-z0-9-]*\.[a-z0-9-]+$/.test(type),
          'INSTANCE_TYPE_INVALID',
          (shown) => `${shown} is not an instance type, as in t4g.medium.`,
        ),
      )
      .optional(),
    imageId: z
      .string()
      .refine(
        ...must<string>(
          (id) => /^ami-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id),
          'IMAGE_INVALID',
          (shown) => `${shown} is not the id of an AMI, as in ami-0123456789abcdef0.`,
        ),
      )
      .optional(),
    imageParameter: z
      .string()
      .refine(
        ...must<string>(
          (name) => /^(\/[\w.-]+)+$/.test(name),
          'IMAGE_INVALID',
          (shown) => `${shown} is not the name of an SSM parameter, as in /team/images/al2023.`,
        ),
      )
      .optional(),
    rootVolumeGiB: z.int().min(10).max(16_384).default(20),
  })
  .refine(
    ...must<{ imageId?: string | undefined; imageParameter?: string | undefined }>(
      ({ imageId, imageParameter }) => imageId === undefined || imageParameter === undefined,
      'IMAGE_INVALID',
      'Give imageId or imageParameter, not both: one image can be the right one.',
    ),
  );

/** In days: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const retentionPeriods = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const logs = z.strictObject({
  retentionDays: z
    .number()
    .refine(
      ...must<number>(
        (days) => retentionPeriods.includes(days),
        'LOG_RETENTION_INVALID',
        (shown) => `${shown} days: CloudWatch Logs keeps logs for ${retentionPeriods.join(', ')} days.`,
      ),
    )
    .default(365),
  encrypt: z.boolean().default(false),
  accessDays: z
    .number()
    .refine(
      ...must<number>(
        (days) => Number.isInteger(days) && days >= 0 && days <= 3650,
        'LOG_RETENTION_INVALID',
        (shown) => `${shown}: access logs stay for 1 to 3650 whole days, 0 for none.`,
      ),
    )
    .default(365),
});

const storage = z.strictObject({
  databases: z.enum(['efs', 'replicated']).default('replicated'),
});

const launch = z.strictObject({
  heartbeatSeconds: z
    .number()
    .refine(
      ...must<number>(
        (seconds) => Number.isInteger(seconds) && seconds >= 30 && seconds <= 7200,
        'HEARTBEAT_OUT_OF_RANGE',
        (shown) => `${shown}: a lifecycle hook waits 30 to 7200 whole seconds.`,
      ),
    )
    .default(900),
  readyTimeoutSeconds: z
    .number()
    .refine(
      ...must<number>(
        (seconds) => Number.isInteger(seconds) && seconds >= 10 && seconds <= 3600,
        'READY_TIMEOUT_OUT_OF_RANGE',
        (shown) => `${shown}: a gateway gets 10 to 3600 whole seconds to become ready.`,
      ),
    )
    .default(300),
  smokeTest: z.boolean().default(true),
});

const healthCheck = z.strictObject({
  path: z.string().optional(),
});

export const podName = z.string().refine(
  ...must<string>(
    (name) => /^[a-z][a-z0-9-]{0,30}[a-z0-9]$/.test(name),
    'NAME_INVALID',
    (shown) => `${shown}: use 2 to 32 lower-case letters, digits and dashes, beginning with a letter.`,
  ),
);

/** Checks `PodOptionsInput`. Unknown keys are refused: a typo must not silently do nothing. */
export const podOptionsSchema = z
  .strictObject({
    name: podName.default('openclaw'),
    domain: domainOptions,
    openclaw: openclawOptions.prefault({}),
    bedrock: bedrockOptions.prefault({}),
    ollama: ollamaOptions.optional(),
    login: loginOptions.prefault({}),
    network: networkOptions.prefault({}),
    machine: machine.prefault({}),
    healthCheck: healthCheck.prefault({}),
    logs: logs.prefault({}),
    launch: launch.prefault({}),
    storage: storage.prefault({}),
    agents: agentsOptions.prefault({}),
    backups: backupOptions.prefault({}),
    alarms: alarmOptions.prefault({}),
    dashboard: z.boolean().default(true),
    retainedFrom: retainedOptions.prefault({}),
    deployedAs: z
      .string()
      .refine(
        ...must<string>(
          isDeployedAs,
          'DEPLOYED_AS_INVALID',
          (shown) => `${shown} is not what a pod was deployed as: copy the output DeployedAs of its stack.`,
        ),
      )
      .optional(),
    deletionProtection: z.boolean().default(false),
  })
  .superRefine(({ agents: { commands }, network: { egress } }, context) => {
    if (egress === 'open' || commands !== 'with-gateway') return;
    context.addIssue({
      code: 'custom',
      path: ['network', 'egress'],
      message:
        'commands that run with the gateway reach what the gateway reaches: set agents.commands to apart or off, or leave ' +
        'network.egress open.',
      params: { code: 'EGRESS_NOT_HELD' satisfies InfraErrorCode },
    });
  })
  .superRefine(({ openclaw: { version }, healthCheck: { path } }, context) => {
    const paths: readonly string[] = openclawReleases[version].healthCheckPaths;
    if (path === undefined || paths.includes(path)) return;
    context.addIssue({
      code: 'custom',
      path: ['healthCheck', 'path'],
      message:
        `OpenClaw ${version} answers a health check of ${JSON.stringify(path)} with 403 (no proxy attribution), or ` +
        `with a page that proves nothing: use ${paths.join(' or ')}.`,
      params: { code: 'HEALTH_CHECK_PATH_REFUSED' satisfies InfraErrorCode },
    });
  });

/** A pod as data, with every default filled in. */
export type PodOptions = z.output<typeof podOptionsSchema>;
