import { partitionOf } from '@clawharbor/iam-policies';
import * as z from 'zod';
import { podOptionsSchema } from './pod-options.ts';
import { must } from './must.ts';
import type { PodConfigInput } from './pod-props.ts';

/** Checks what a config file holds: a pod as data, and where it goes. */
export const podConfigSchema = podOptionsSchema.safeExtend({
  account: z.string().refine(
    ...must<string>(
      (id) => /^\d{12}$/.test(id),
      'ACCOUNT_INVALID',
      (shown) => `${shown} is not an AWS account: 12 digits, in quotes.`,
    ),
  ),
  region: z.string().refine(
    ...must<string>(
      (name) => partitionOf(name) !== undefined,
      'REGION_INVALID',
      (shown) => `${shown} is not an AWS Region, as in eu-central-1.`,
    ),
  ),
});

/** A pod and its place, with every default filled in. */
export type PodConfig = z.output<typeof podConfigSchema>;

/** Gives the config file its types. Checks nothing: `loadConfig` does, where it can name the line. */
export function defineConfig(config: PodConfigInput): PodConfigInput {
  return config;
}
