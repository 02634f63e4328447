import * as z from 'zod';
import { rolePlanSchema } from './people/role-plan.ts';

/** How OpenClaw's config, its log and its list of plugins name the plugin. */
export const pluginId = 'clawharbor';

const origin = z.url({ protocol: /^https$/ }).refine((value) => new URL(value).origin === value, {
  error: 'must be an origin, as in https://openclaw.example.com',
});

/**
 * `plugins.entries.clawharbor.config` in OpenClaw's config: what only infrastructure knows. What is absent the plugin does
 * not do.
 */
export const pluginConfigSchema = z.strictObject({
  /** Where a person signs out. */
  signOut: z
    .strictObject({
      /** https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html */
      endpoint: z.url({ protocol: /^https$/ }),
      clientId: z.string().min(1),
      /** Every origin of the pod; Cognito knows each, with a slash, as a URL to come back to. The first is the public one. */
      origins: z.array(origin).min(1),
    })
    .optional(),
  /** Binds everybody's access to the list of people that the bootstrap keeps. */
  people: z
    .strictObject({
      /** How old the list may be for somebody new to be let in. */
      staleSeconds: z.int().min(1),
      /** Nobody is let in with another role than this plan gives them. Absent: with whichever they have. */
      roles: rolePlanSchema.optional(),
    })
    .optional(),
  /** How this machine finds out whether anybody could sign in. Only with {@link assertions}: without, the attempt would be believed. */
  signIn: z
    .strictObject({
      /** From where the load balancer could come. */
      address: z.union([z.ipv4(), z.ipv6()]),
      /** What it would say, and what the browser behind it would. */
      headers: z.record(z.string(), z.string()),
    })
    .optional(),
  /** What a request that the load balancer has authenticated must prove. */
  assertions: z
    .strictObject({
      /** ARN of the one that signs. */
      loadBalancer: z.string().min(1),
      /** https://cognito-idp.<Region>.amazonaws.com/<user pool> */
      issuer: z.string().min(1),
      clientId: z.string().min(1),
      /** Where its public keys are, each under its id. Default: AWS's own place in the Region of the load balancer. */
      keys: z.url({ protocol: /^https?$/ }).optional(),
    })
    .optional(),
});

export type PluginConfig = z.output<typeof pluginConfigSchema>;

export { signInPath, unsigned } from './sign-in/path.ts';
