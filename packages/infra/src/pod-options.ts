import { defaultOpenClawVersion, openclawReleases, type OpenClawVersion } from '@clawharbor/bootstrap/spec';
import { z } from 'zod';
import { parseCidr } from './cidr.ts';
import type { InfraErrorCode } from './error.ts';
import { memberScopes, type MemberScope } from './operator-scopes.ts';

/** A check whose failure carries a stable code beside its place. */
function must<T>(
  accepts: (value: T) => boolean,
  code: InfraErrorCode,
  message: string | ((shown: string) => string),
) {
  const error = (issue: { input?: unknown }) =>
    typeof message === 'string' ? message : message(JSON.stringify(issue.input));
  return [accepts, { error, params: { code } }] as const;
}

/** A value that only the deployment knows is let through. */
const isToken = (value: string) => value.includes('${Token[');

const cidr = z.string().refine(
  ...must<string>(
    (text) => parseCidr(text) !== undefined,
    'CIDR_INVALID',
    (shown) => `${shown} is not a CIDR block, as in 10.0.0.0/24.`,
  ),
);

const vpcCidr = cidr.refine(
  ...must<string>(
    (text) => {
      const block = parseCidr(text);
      return !block || (block.family === 'ipv4' && block.prefix >= 16 && block.prefix <= 24);
    },
    'CIDR_INVALID',
    (shown) => `${shown}: the VPC of a pod is an IPv4 block of /16 to /24.`,
  ),
);

/** No wider than a subnet: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const proxyCidr = cidr.refine(
  ...must<string>(
    (text) => {
      const block = parseCidr(text);
      return !block || block.prefix >= (block.family === 'ipv4' ? 16 : 64);
    },
    'TRUSTED_PROXIES_TOO_WIDE',
    (shown) =>
      `${shown} is wider than a subnet can be: everyone in it could claim to be any user. ` +
      'Give the CIDR blocks of the subnets of the load balancer.',
  ),
);

const hostName = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

const domain = z
  .strictObject({
    /** The public Route 53 hosted zone for the DNS records and for the validation of the certificate. */
    hostedZone: z.strictObject({
      /** As in Z0123456789ABCDEFGHIJ. */
      id: z.string().refine(
        ...must<string>(
          (id) => /^Z[A-Z0-9]{1,31}$/.test(id) || isToken(id),
          'HOSTED_ZONE_INVALID',
          (shown) => `${shown} is not the id of a hosted zone, as in Z0123456789ABCDEFGHIJ.`,
        ),
      ),
      /** As in example.com. */
      name: z.string().refine(
        ...must<string>(
          (name) => hostName.test(name) || isToken(name),
          'HOSTED_ZONE_INVALID',
          (shown) => `${shown} is not the name of a hosted zone, as in example.com.`,
        ),
      ),
    }),
    /**
     * Fully qualified names of the pod, in lower case: 1 to 5, the values that one listener rule can match
     * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html).
     * The first is the public origin.
     */
    names: z
      .array(
        z.string().refine(
          ...must<string>(
            (name) => hostName.test(name),
            'DNS_NAME_INVALID',
            (shown) => `${shown} is not a DNS name in lower case, as in openclaw.example.com.`,
          ),
        ),
      )
      .refine(
        ...must<string[]>(
          (names) => names.length > 0,
          'DNS_NAME_MISSING',
          'Name at least one DNS name: people reach the pod by it.',
        ),
      )
      .refine(
        ...must<string[]>(
          (names) => names.length <= 5,
          'DNS_NAMES_TOO_MANY',
          'One listener rule matches at most 5 DNS names.',
        ),
      )
      .refine(
        ...must<string[]>(
          (names) => new Set(names).size === names.length,
          'DNS_NAME_INVALID',
          'A DNS name is given twice.',
        ),
      ),
  })
  .superRefine(({ hostedZone, names }, context) => {
    if (isToken(hostedZone.name)) return;
    for (const [index, name] of names.entries()) {
      if (name === hostedZone.name || name.endsWith(`.${hostedZone.name}`)) continue;
      context.addIssue({
        code: 'custom',
        path: ['names', index],
        message: `${name} is outside the hosted zone ${hostedZone.name}: neither its records nor its certificate could be made.`,
        params: { code: 'DNS_NAME_OUTSIDE_ZONE' satisfies InfraErrorCode },
      });
    }
  });

/** `x-amzn-oidc-identity` is the `sub` that Cognito gives each user: a UUID. */
const sub = z.string().refine(
  ...must<string>(
    (id) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id),
    'ADMIN_NOT_A_SUB',
    (shown) =>
      `${shown} is not a Cognito sub (a UUID): the gateway is told the sub, never the e-mail address. ` +
      'Read it with: aws cognito-idp admin-get-user --user-pool-id <UserPoolId> --username <e-mail>.',
  ),
);

const openclaw = z.strictObject({
  /** An OpenClaw release that was tested. Default: the newest of them. */
  version: z
    .custom<OpenClawVersion>(
      ...must<unknown>(
        (version) => typeof version === 'string' && Object.hasOwn(openclawReleases, version),
        'OPENCLAW_VERSION_UNKNOWN',
        (shown) =>
          `${shown} was not tested with this release of Clawharbor: use ${Object.keys(openclawReleases).join(', ')}.`,
      ),
    )
    .default(defaultOpenClawVersion),
  /** Cognito subs of the people who may administer the gateway. Default: none. */
  admins: z.array(sub).default([]),
  /** What everybody else who can log in may do. */
  members: z
    .strictObject({
      /** The most that a member gets, over WebSocket and plain HTTP alike. Default: read, write, approvals, questions. */
      scopes: z
        .array(
          z.custom<MemberScope>(
            ...must<unknown>(
              (scope) => (memberScopes as readonly unknown[]).includes(scope),
              'MEMBER_SCOPE_REFUSED',
              (shown) =>
                `${shown} is not for everybody who can log in: members may have ${memberScopes.join(', ')}. ` +
                'Make a person an admin by listing their sub under admins.',
            ),
          ),
        )
        .default(['operator.read', 'operator.write', 'operator.approvals', 'operator.questions']),
      /** What a member may do in sessions that others began. Default: `write`, as the team shares the main session. */
      otherSessions: z.enum(['none', 'view', 'suggest', 'write']).default('write'),
    })
    .prefault({}),
  /** The Bedrock model of the agents. Default: Amazon Nova 2 Lite, by the inference profile of the Region's geography. */
  model: z
    .strictObject({
      /** Id of an inference profile or a foundation model, as in eu.amazon.nova-2-lite-v1:0. */
      id: z.string().refine(
        ...must<string>(
          (id) => /^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?$/.test(id),
          'MODEL_INVALID',
          (shown) => `${shown} is not the id of a Bedrock model, as in eu.amazon.nova-2-lite-v1:0.`,
        ),
      ),
      /** Shown in the Control UI. Default: the id. */
      name: z.string().min(1).optional(),
      /** Whether it can think before it answers. Default: false. */
      reasoning: z.boolean().default(false),
      /** Default: text. */
      input: z.array(z.enum(['text', 'image'])).default(['text']),
      /** In tokens. Default: 200000. */
      contextWindow: z.int().positive().default(200_000),
      /** In tokens. Default: 4096. */
      maxTokens: z.int().positive().default(4096),
    })
    .optional(),
  /** More OpenClaw config. A key that the pod itself decides is refused at synth. Default: none. */
  config: z.record(z.string(), z.json()).default({}),
});

const login = z.strictObject({
  /** One-time passwords by an authenticator app. Default: optional. */
  mfa: z.enum(['off', 'optional', 'required']).default('optional'),
  /** How long a login lasts, in hours: 1 to 168. Default: 24. */
  sessionHours: z
    .number()
    .refine(
      ...must<number>(
        (hours) => hours >= 1 && hours <= 168,
        'SESSION_TIMEOUT_OUT_OF_RANGE',
        (shown) => `${shown} hours: a session lasts 1 to 168 hours (7 days).`,
      ),
    )
    .default(24),
  /** Prefix of the Cognito domain of the login page, unique in the Region. Default: name and account of the pod. */
  domainPrefix: z
    .string()
    .refine(
      ...must<string>(
        (prefix) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(prefix) && !/aws|amazon|cognito/.test(prefix),
        'DOMAIN_PREFIX_INVALID',
        (shown) =>
          `${shown}: use up to 63 lower-case letters, digits and dashes, without "aws", "amazon" or "cognito".`,
      ),
    )
    .optional(),
});

const network = z.strictObject({
  /** IPv4 block of the pod's own VPC, /16 to /24. Default: 10.0.0.0/16. */
  cidr: vpcCidr.default('10.0.0.0/16'),
  /** NAT gateways of the own VPC, 1 or 2: one is cheaper, two survive the loss of an Availability Zone. Default: 2. */
  natGateways: z.int().min(1).max(2).default(2),
  /** Whether the load balancer has public addresses. Default: true. */
  internetFacing: z.boolean().default(true),
  /** Who may reach the login page. Default: everybody, 0.0.0.0/0 and ::/0. */
  allowedCidrs: z.array(cidr).min(1).default(['0.0.0.0/0', '::/0']),
  /** Addresses that the gateway believes. Default: the CIDR blocks of the load balancer's subnets. */
  trustedProxies: z.array(proxyCidr).min(1).optional(),
});

const machine = z.strictObject({
  /** Default: arm64. */
  architecture: z.enum(['arm64', 'x86_64']).default('arm64'),
  /** At least 4 GiB of memory: the gateway takes about 1 GiB idle. Default: t4g.medium, or t3.medium for x86_64. */
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
  /** Public SSM parameter that names the AMI, of Amazon Linux 2023. Default: the newest one with the default kernel. */
  imageParameter: z.string().startsWith('/').optional(),
  /** Size of the encrypted gp3 root volume, in GiB. Default: 20. */
  rootVolumeGiB: z.int().min(10).max(16_384).default(20),
});

/** In days: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const retentionPeriods = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const logs = z.strictObject({
  /** In days, a period that CloudWatch Logs knows. Default: 365. */
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
  /** Encrypt with the KMS key of the pod instead of a key of the service. Default: false. */
  encrypt: z.boolean().default(false),
});

const launch = z.strictObject({
  /** How long a new instance may be silent before it counts as failed, in seconds: 30 to 7200. Default: 900. */
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
});

const healthCheck = z.strictObject({
  /** Must answer without proxy attribution. Default: what the OpenClaw release offers, /healthz. */
  path: z.string().optional(),
});

/** Everything about a pod that is plain data. Unknown keys are refused: a typo must not silently do nothing. */
export const podOptionsSchema = z
  .strictObject({
    /** Name of the pod: prefix of what it creates, unique in account and Region. Default: openclaw. */
    name: z
      .string()
      .refine(
        ...must<string>(
          (name) => /^[a-z][a-z0-9-]{0,30}[a-z0-9]$/.test(name),
          'NAME_INVALID',
          (shown) => `${shown}: use 2 to 32 lower-case letters, digits and dashes, beginning with a letter.`,
        ),
      )
      .default('openclaw'),
    /** Where people find the pod. */
    domain,
    openclaw: openclaw.prefault({}),
    login: login.prefault({}),
    network: network.prefault({}),
    machine: machine.prefault({}),
    /** How the load balancer finds out whether the gateway lives. */
    healthCheck: healthCheck.prefault({}),
    logs: logs.prefault({}),
    launch: launch.prefault({}),
    /** Whether load balancer and user pool refuse to be deleted. Default: true. */
    deletionProtection: z.boolean().default(true),
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
/** A pod as written by hand: what has a default may be left out. */
export type PodOptionsInput = z.input<typeof podOptionsSchema>;
