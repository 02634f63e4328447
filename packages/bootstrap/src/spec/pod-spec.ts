import { ConfigMergeError, openclawPolicy, owners, withOwners } from '@clawharbor/config-merge';
import * as z from 'zod';
import { openclawVersions, type OpenClawVersion } from '../openclaw-release.ts';

/**
 * At synth a value may still be a CDK token, which only the deployment resolves; on the instance it never is.
 * The format of the placeholder: https://docs.aws.amazon.com/cdk/v2/guide/tokens.html
 */
const token = /\$\{Token\[/;

function name(pattern: RegExp, what: string) {
  return z.string().refine((value) => token.test(value) || pattern.test(value), { error: `must be ${what}` });
}

const arn = (service: string) =>
  name(new RegExp(`^arn:[a-z-]+:${service}:[a-z0-9-]+:\\d{12}:.+$`), `an ARN of ${service}`);

const json: z.ZodType<Record<string, unknown>> = z.record(z.string(), z.json());

/** What the policy refuses is refused here, too: no spec opens a way in. */
const chosenOwners = z.record(z.string(), z.enum(owners)).superRefine((chosen, context) => {
  try {
    withOwners(openclawPolicy, chosen);
  } catch (error) {
    if (!(error instanceof ConfigMergeError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
  }
});

/** Where commands of agents may run. */
export const commandChoices = ['apart', 'with-gateway', 'off'] as const;

/** A host name of two labels or more, or `*.` and one: what is below it. */
export const egressName = /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/** What commands of agents may reach, beside a list of names. */
export const egressChoices = ['open', 'aws-and-models'] as const;

/** Shape of {@link PodSpec}. Unknown keys are refused: a typo must not silently do nothing. */
export const podSpecSchema = z
  .strictObject({
    apiVersion: z.literal('clawharbor/v1'),
    /** Name of the pod: prefix of what it creates. */
    name: name(/^[a-z][a-z0-9-]{0,30}[a-z0-9]$/, 'lower-case letters, digits and dashes, 2 to 32 characters'),
    region: name(/^[a-z]{2,4}(-[a-z]+)+-\d+$/, 'an AWS Region, as in eu-central-1'),

    openclaw: z.strictObject({
      /** One of the releases that pods run, see `openclawReleases`. */
      version: z.enum(openclawVersions as [OpenClawVersion, ...OpenClawVersion[]]),
      /** The desired OpenClaw config: what infrastructure decides. Merged into the live config, never written over it. */
      config: json.refine((config) => typeof gatewayPortOf(config) === 'number', {
        error: 'must set gateway.port to a number: the load balancer forwards to it',
        path: ['gateway', 'port'],
      }),
      /** Who decides a path of the config, and all below it, where it is not whom `openclawPolicy` names. Default: none. */
      owners: chosenOwners.optional(),
    }),

    /** Agents of the gateway. */
    agents: z
      .strictObject({
        /**
         * Where commands of agents run (`exec`): `apart`, as an account of their own that has nothing of the gateway's;
         * `with-gateway`, as the gateway itself, with its secrets, its config and its databases; or nowhere: `off`. Default:
         * with-gateway.
         */
        commands: z.enum(commandChoices).optional(),
      })
      .optional(),

    /** The network of the pod. */
    network: z
      .strictObject({
        /**
         * What commands of agents reach: `open`, everything but the metadata of the instance; `aws-and-models`, AWS in the Region of
         * the pod and providers of models; or, by HTTPS, the host names of `allow`, exact or as `*.example.com` for all below it.
         * Default: open.
         */
        egress: z
          .union([
            z.enum(egressChoices),
            z.strictObject({
              allow: z.array(name(egressName, 'a host name, or *. and one, in lower case')).max(200),
            }),
          ])
          .optional(),
      })
      .optional(),

    /** Where people sign in, and so where they sign out, and who is out. Absent: the gateway has no plugin of Clawharbor. */
    login: z
      .strictObject({
        /** Whose people are in. */
        userPool: name(/^[a-z]{2,4}(-[a-z]+)+-\d_[0-9A-Za-z]+$/, 'the id of a Cognito user pool'),
        /**
         * Only who is in one of these groups of it is in, with the role that the first of them gives: one of
         * `gateway.roles.definitions`. Default: everybody in the user pool is in, with the default role.
         */
        groups: z
          .array(z.strictObject({ name: z.string().min(1), role: z.string().min(1) }))
          .min(1)
          .optional(),
        /** Identity providers of the user pool whose groups count as groups of it: theirs by name, ours as value. Default: none. */
        providers: z
          .array(z.strictObject({ name: z.string().min(1), groups: z.record(z.string(), z.string()) }))
          .optional(),
        /** Who says of each request whom it is from, and signs it. Absent: its signature is not looked at. */
        loadBalancer: arn('elasticloadbalancing').optional(),
        /** As it names the user pool. Default: https://cognito-idp.<Region>.amazonaws.com/<user pool>. */
        issuer: z.string().min(1).optional(),
        /** Where its public keys are. Default: AWS's own place in the Region. */
        keys: z.url({ protocol: /^https?$/ }).optional(),
        /** App client of the user pool. */
        client: z.string().min(1),
        /** The domain of the user pool: https://<prefix>.auth.<Region>.amazoncognito.com. */
        url: name(/^https:\/\/[^/?#]+$/, 'an https URL without a path'),
      })
      .optional(),

    /** Secrets Manager secret whose value is a JSON object: each key becomes an environment variable of the gateway. */
    secret: z.strictObject({ arn: arn('secretsmanager') }).optional(),

    /** EFS: the state of the gateway, and the cache of artifacts that lets a replacement do without registries. */
    fileSystem: z
      .strictObject({
        id: name(/^fs-[0-9a-f]{8,40}$/, 'the id of an EFS file system'),
        stateAccessPoint: name(/^fsap-[0-9a-f]{8,40}$/, 'the id of an EFS access point'),
        artifactsAccessPoint: name(/^fsap-[0-9a-f]{8,40}$/, 'the id of an EFS access point'),
        /**
         * Where a running gateway has its databases: `efs`, or `replicated`: on the instance's own disk, and each change a second
         * later on the file system. Default: efs.
         */
        databases: z.enum(['efs', 'replicated']).optional(),
      })
      .optional(),

    /** Archives of the state, on its file system and in a bucket. Absent: only those that somebody asks for. */
    backups: z
      .strictObject({
        /** S3 bucket that every archive is copied to. Absent: they lie on the file system alone, and are lost with it. */
        bucket: name(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of an S3 bucket').optional(),
        /** What the keys in the bucket begin with. Default: none. */
        prefix: name(/^([\w.-]+\/)*$/, 'empty, or end with a slash').default(''),
        /** KMS key that they are encrypted with. Default: as the bucket has it. */
        kmsKey: arn('kms').optional(),
        /** From one archive to the next, in hours. Default: 6. */
        everyHours: z.int().min(1).max(168).default(6),
        /** How many archives stay on the file system; the bucket has rules of its own. Default: 12. */
        keep: z.int().min(2).max(1000).default(12),
        /** From one drill to the next, in days: the newest archive is restored and a gateway started on it. Absent: never. */
        drillEveryDays: z.int().min(1).max(365).optional(),
      })
      .optional(),

    /** The launch lifecycle hook that holds the instance in Pending:Wait until the gateway is ready. */
    lifecycle: z
      .strictObject({
        autoScalingGroup: z.string().min(1),
        hook: z.string().min(1),
        /** Heartbeat timeout of the hook, in seconds; the bootstrap beats well before it ends, and before that of any other. */
        heartbeatSeconds: z.int().min(30).max(7200),
        /**
         * The terminating hook that keeps the instance until its gateway has ended what is under way. Its time-out should be
         * 400 seconds or more, which nobody prolongs: a look each minute, and 330 for the gateway. Default: none.
         */
        drainHook: z.string().min(1).optional(),
        /**
         * How often the load balancer looks at the gateway, in seconds: so long at most people wait for one that is ready. It is for
         * the drawing of a start. Default: none.
         */
        healthCheckSeconds: z.int().min(5).max(300).optional(),
      })
      .optional(),

    /** CloudWatch log group for the journal of openclaw.service and ollama.service. */
    logGroup: z.string().min(1).optional(),

    /** Local models. Started after the gateway is ready: they never delay it. */
    ollama: z
      .strictObject({
        version: name(/^\d+\.\d+\.\d+$/, 'a version, as in 0.12.3'),
        /**
         * SHA-256 of the release's `ollama-linux-<arch>.tar.zst` for the instance's architecture, from its `sha256sum.txt`:
         * what the instance downloads is what was decided at deploy time, or it is not run.
         */
        sha256: name(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hex'),
        /** Where the archive comes from, such as a mirror. Default: the release on GitHub. */
        url: z.url({ protocol: /^https?$/ }).optional(),
        /** Models to pull once Ollama runs. Default: none. */
        models: z.array(z.string().min(1)).default([]),
      })
      .optional(),

    /**
     * Whether the default model is asked one short question once the gateway is ready, and after that when the gateway has
     * started again, models or secret have changed, or a day has passed. The report says if it does not answer. Default: true.
     */
    smokeTest: z.boolean().default(true),

    /** How long the gateway may take from start to ready, in seconds. Default: 300. */
    readyTimeoutSeconds: z.int().min(10).max(3600).default(300),
  })
  .refine(({ agents, network }) => (network?.egress ?? 'open') === 'open' || isHeld(agents?.commands), {
    error: 'needs agents.commands apart or off: what runs with the gateway reaches what the gateway reaches',
    path: ['network', 'egress'],
  });

/** Whether commands that run there can be kept from the network: the gateway cannot. */
function isHeld(commands: (typeof commandChoices)[number] | undefined): boolean {
  return commands === 'apart' || commands === 'off';
}

/** What a pod should be: the one contract between deploy time and the instance. */
export type PodSpec = z.output<typeof podSpecSchema>;
/** A {@link PodSpec} as written by hand: what has a default may be left out. */
export type PodSpecInput = z.input<typeof podSpecSchema>;

function gatewayPortOf(config: Record<string, unknown>): unknown {
  const gateway = config['gateway'];
  return typeof gateway === 'object' && gateway !== null ? (gateway as { port?: unknown }).port : undefined;
}

/** The port the gateway listens on, as its config says. */
export function gatewayPort(spec: PodSpec): number {
  return gatewayPortOf(spec.openclaw.config) as number;
}
