import type { Owner } from '@clawharbor/config-merge';
import type { OpenClawVersion } from '@clawharbor/bootstrap/spec';
import type { OpenClawConfig } from '@clawharbor/config-merge/openclaw';
import type { AlarmId } from '../parts/alarm-table.ts';
import type { MemberScope } from './operator-scopes.ts';

/** A value as JSON can hold it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Where people find the pod. */
export interface DomainProps {
  /**
   * The public Route 53 hosted zone for the DNS records and for the validation of the certificate. Default: none, where
   * there is a certificate or a private CA; then no records are made but in `privateZone`.
   */
  readonly hostedZone?:
    | {
        /** As in Z0123456789ABCDEFGHIJ. Refused: `HOSTED_ZONE_INVALID`. */
        readonly id: string;
        /** As in example.com. Refused: `HOSTED_ZONE_INVALID`. */
        readonly name: string;
      }
    | undefined;
  /**
   * ARN of a certificate for all names, of ACM in the Region of the pod or imported into IAM: where the hosted zone is in
   * another account, or not of Route 53. Default: one of its own. Refused: `CERTIFICATE_INVALID`, `EXISTING_PART_ELSEWHERE`.
   */
  readonly certificateArn?: string | undefined;
  /**
   * The private hosted zone for the DNS records, which only its VPCs are told: the public zone, if any, is for the validation of the
   * certificate and for nothing else. Default: none, the records are in `hostedZone`.
   * Refused: `HOSTED_ZONE_INVALID`, `DNS_NAME_OUTSIDE_ZONE`.
   */
  readonly privateZone?:
    | {
        /** As in Z0123456789ABCDEFGHIJ. Refused: `HOSTED_ZONE_INVALID`. */
        readonly id: string;
        /** As in corp.example.com. Refused: `HOSTED_ZONE_INVALID`. */
        readonly name: string;
      }
    | undefined;
  /**
   * ARN of a certificate authority of AWS Private CA in the Region of the pod, which is to issue the certificate; the browsers of the
   * team have to trust it (https://docs.aws.amazon.com/acm/latest/userguide/gs-acm-request-private.html). Default: none, Amazon's.
   * Refused: `CERTIFICATE_INVALID`, also together with a certificate; `EXISTING_PART_ELSEWHERE`.
   */
  readonly certificateAuthorityArn?: string | undefined;
  /**
   * Whether records for the names are made in the hosted zone. Without, point the names at the load balancer, by CNAME or by
   * what the DNS server has for it. Default: true.
   */
  readonly records?: boolean | undefined;
  /**
   * Fully qualified names of the pod, in lower case: 1 to 5, the values that one listener rule can match
   * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html).
   * The first is the public origin.
   * Refused: `DNS_NAME_MISSING`, `DNS_NAME_INVALID`, `DNS_NAMES_TOO_MANY`, `DNS_NAME_OUTSIDE_ZONE`.
   */
  readonly names: readonly string[];
}

/** What everybody who can log in may do, admins aside. */
export interface MemberProps {
  /**
   * The most that a member gets, over WebSocket and plain HTTP alike
   * (https://docs.openclaw.ai/gateway/operator-scopes). Default: `operator.read` and `operator.write`, the least with
   * which a person can begin a session of their own in the Control UI, stop it, and answer what its run asks. Both give
   * more than that and cannot be narrowed: docs/people.md says what. Refused: `MEMBER_SCOPE_REFUSED`.
   */
  readonly scopes?: readonly MemberScope[] | undefined;
  /**
   * What a member may do in sessions that others began: see nothing of them, read them, suggest a message, or take part
   * (send, stop, rename). Default: `none`.
   *
   * `none` hides their texts, names and lists; it does not hide that they are there. Measured on 2026.9.6, the keys of
   * others' sessions (an id, with the agent and the channel) are still named by `status`, `health`, `audit.list`,
   * `audit.activity.list`, `diagnostics.stability` and `logs.tail`, and who is who by `users.list`, `system-presence` and
   * `config.get`: all that `operator.read` gives to everybody.
   */
  readonly otherSessions?: 'none' | 'view' | 'suggest' | 'write' | undefined;
}

/** A Bedrock model, as OpenClaw describes it (https://docs.openclaw.ai/providers/bedrock). */
export interface ModelProps {
  /** Id of an inference profile or a foundation model, as in eu.amazon.nova-2-lite-v1:0. Refused: `MODEL_INVALID`. */
  readonly id: string;
  /** Shown in the Control UI. Default: the id. */
  readonly name?: string | undefined;
  /** Whether it can think before it answers. Default: false. */
  readonly reasoning?: boolean | undefined;
  /** What it can read. Default: text. */
  readonly input?: readonly ('text' | 'image')[] | undefined;
  /** In tokens. Default: 200000. */
  readonly contextWindow?: number | undefined;
  /** In tokens. Default: 4096. */
  readonly maxTokens?: number | undefined;
}

/** What of Amazon Bedrock the pod may call; what it does call is `openclaw.model`. */
export interface BedrockProps {
  /**
   * Region whose Bedrock is called: with another Region's inference profiles, where the pod's own has not the model. Prompts go there.
   * Default: that of the pod. Refused: `REGION_INVALID`.
   */
  readonly region?: string | undefined;
  /**
   * Ids of models that the instance may call, the last characters of each as `*` if you like: as in `anthropic.claude-*`. The
   * cross-Region profiles of a model come with it. With models of Amazon only, nothing is subscribed to in the Marketplace.
   * OpenClaw lists others still, and gets a refusal. Default: all.
   * Refused: `BEDROCK_INVALID`; `MODEL_NOT_ALLOWED` without the model of the agents.
   */
  readonly models?: readonly string[] | undefined;
  /**
   * Regions that a cross-Region profile may route a request to, and `global` for the global profiles. Bedrock wants permission
   * for each Region of a profile
   * (https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html). Default: all.
   * Refused: `REGION_INVALID`; `MODEL_NOT_ALLOWED` without a Region of a profile that is known.
   */
  readonly regions?: readonly string[] | undefined;
  /**
   * A guardrail of the account, in the Region that is called, without which the instance may call no model
   * (https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions-id.html): OpenClaw sends it with every message.
   * Embeddings take none, and so are refused. Default: none. Refused: `BEDROCK_INVALID`.
   */
  readonly guardrail?:
    | {
        /** As in abc123def456. */
        readonly id: string;
        /** A published version, a number. */
        readonly version: string;
      }
    | undefined;
}

/** The gateway itself. */
export interface GatewayProps {
  /**
   * An OpenClaw release that was tested. Default: the newest of them. Refused: `OPENCLAW_VERSION_UNKNOWN`, and
   * `OPENCLAW_VERSION_NOT_RUN` for one that a state can only be upgraded from.
   */
  readonly version?: OpenClawVersion | undefined;
  /** Cognito subs of the people who may administer the gateway. Default: none. Refused: `ADMIN_NOT_A_SUB`. */
  readonly admins?: readonly string[] | undefined;
  readonly members?: MemberProps | undefined;
  /**
   * The model of the agents. Default: Amazon Nova 2 Lite, by the inference profile of the Region's geography.
   * Refused: `MODEL_UNKNOWN_IN_REGION` where there is no such default.
   */
  readonly model?: ModelProps | undefined;
  /**
   * Whether everybody's page shows the invitation to the Discord community of OpenClaw
   * (https://docs.openclaw.ai/web/control-ui/settings#community-invitation). Default: false.
   */
  readonly communityInvite?: boolean | undefined;
  /**
   * More OpenClaw config (https://docs.openclaw.ai/gateway/configuration-reference). It stands in the template and in
   * Parameter Store: credentials belong into the secret of the pod, and `"${NAME}"` here. Default: none.
   * Refused: `OPENCLAW_KEY_MANAGED` for a key that the pod decides, among them every way in (`gateway.auth`,
   * `gateway.trustedProxies`, `gateway.tls` …); `OPENCLAW_CONFIG_INVALID` for what the schema of the pinned release does
   * not have; `CREDENTIAL_IN_CONFIG` for a credential in clear text.
   */
  readonly config?: OpenClawConfig | undefined;
  /**
   * Who decides a path of the config, and all below it, where it is not to be whom `openclawPolicy` names
   * (https://github.com/clawharbor/clawharbor/tree/main/packages/config-merge#owners), as in
   * `{ 'agents.defaults.model': 'managed', 'channels.telegram': 'user' }`. Default: none.
   * Refused: `OWNER_INVALID` for what is no owner or no path; `OWNER_REFUSED` for a way in, and for `user` where the pod
   * or `config` sets a value.
   */
  readonly owners?: Readonly<Record<string, Owner>> | undefined;
}

/**
 * Models that run on the instance itself (https://docs.ollama.com/linux), under the provider `ollama` of OpenClaw: as in
 * `ollama/llama3.2:3b`. Ollama starts after the gateway is ready, as an account of its own, and answers on loopback only.
 *
 * The instance pays for it: a release takes several GiB of disk, each model its size in disk and in memory, next to the
 * 1 GiB of the gateway. The defaults of `machine` are too small; for models of 3 to 8 billion parameters take
 * `rootVolumeGiB: 60` and an `instanceType` of 16 GiB such as m8g.xlarge. Models lie on the local disk: a replacement of
 * the instance pulls them again.
 */
export interface OllamaProps {
  /** Release of Ollama, as in 0.12.3 (https://github.com/ollama/ollama/releases). Refused: `OLLAMA_INVALID`. */
  readonly version: string;
  /**
   * SHA-256 in lower-case hex of the release's `ollama-linux-arm64.tar.zst`, or `-amd64` for x86_64, from its
   * `sha256sum.txt`. What does not match is not run. Refused: `OLLAMA_INVALID`.
   */
  readonly sha256: string;
  /** Where the archive comes from, such as a mirror. Default: GitHub. Refused: `OLLAMA_INVALID`. */
  readonly url?: string | undefined;
  /** Models to pull (https://ollama.com/library), as in llama3.2:3b. Default: none. Refused: `OLLAMA_INVALID`. */
  readonly models?: readonly string[] | undefined;
}

/** A group of the user pool with a role of its own. */
export interface GroupProps {
  /**
   * As in Cognito, and in OpenClaw's `gateway.roles`: 3 to 32 lower-case letters, digits and dashes. Refused: `GROUP_INVALID`, also for
   * `admins`, `members`, `viewers` and their roles.
   */
  readonly name: string;
  /** As `scopes` of {@link MemberProps}. Refused: `MEMBER_SCOPE_REFUSED`. */
  readonly scopes?: readonly MemberScope[] | undefined;
  /** Agents, by their ids in `agents`, that its people may begin sessions with and run. Default: `*`, all. */
  readonly agents?: '*' | readonly string[] | undefined;
  /** As `otherSessions` of {@link MemberProps}. Default: `none`. */
  readonly otherSessions?: 'none' | 'view' | 'suggest' | 'write' | undefined;
}

/** What all providers of others have. */
export interface ProviderProps {
  /** As people see it on the login page, and in front of their user name: 3 to 32 letters, digits and dashes. Refused: `IDENTITY_PROVIDER_INVALID`. */
  readonly name: string;
  /** Claims or attributes of the provider. Default: those that OpenID Connect and SAML have for e-mail address and name, and no groups. */
  readonly attributes?:
    | {
        readonly email?: string | undefined;
        readonly name?: string | undefined;
        /** Names the groups that somebody is in there. */
        readonly groups?: string | undefined;
      }
    | undefined;
  /**
   * Groups there, each with the one of `login.groups` that it makes its people part of, as in `{ 'claw-admins': 'admins' }`. It holds
   * as of a person's last sign-in. Default: none. Refused: `IDENTITY_PROVIDER_INVALID`.
   */
  readonly groups?: Readonly<Record<string, string>> | undefined;
}

/** A provider by OpenID Connect. Its redirect URI is the login page's, with the path /oauth2/idpresponse. */
export interface OidcProviderProps extends ProviderProps {
  readonly type: 'oidc';
  /** As it names itself, https. Refused: `IDENTITY_PROVIDER_INVALID`. */
  readonly issuer: string;
  readonly clientId: string;
  /**
   * ARN of a secret of Secrets Manager, in the account and Region of the pod, whose value is the client secret and nothing else: the
   * template has a dynamic reference to it (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html).
   * Refused: `IDENTITY_PROVIDER_INVALID`.
   */
  readonly clientSecretArn: string;
  /** Default: openid, email and profile. */
  readonly scopes?: readonly string[] | undefined;
}

/** A provider by SAML 2.0. It answers to /saml2/idpresponse of the login page. */
export interface SamlProviderProps extends ProviderProps {
  readonly type: 'saml';
  /** Where its metadata is, https. Refused: `IDENTITY_PROVIDER_INVALID`. */
  readonly metadataUrl: string;
}

/** The login page. */
export interface LoginPageProps {
  /**
   * Groups of the user pool that are in, from the one that counts most: of those that a person is in, the first gives the role. `admins`
   * administer the gateway, as those of `openclaw.admins`, who need no group; `members` have what `openclaw.members` says; `viewers` read
   * all sessions and write nothing. Who is in none is out. The pod makes them in its own user pool; in one that was there before they
   * must be there. Default: everybody in the user pool is a member. Refused: `GROUP_INVALID`.
   */
  readonly groups?: readonly ('admins' | 'members' | 'viewers' | GroupProps)[] | undefined;
  /**
   * Providers of others that people may sign in by: single sign-on (https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-identity-federation.html).
   * The user pool makes a person of its own of each, with a `sub`. With `groups` in one, a pool that was there before needs the mutable
   * attribute `custom:groups`. Default: none. Refused: `IDENTITY_PROVIDER_INVALID`.
   */
  readonly identityProviders?: readonly (OidcProviderProps | SamlProviderProps)[] | undefined;
  /** One-time passwords by an authenticator app. Default: `optional`. */
  readonly mfa?: 'off' | 'optional' | 'required' | undefined;
  /**
   * How long a login lasts, in whole hours: 1 to 168, unless its person signs out before. Default: 24. Refused: `SESSION_TIMEOUT_OUT_OF_RANGE`.
   */
  readonly sessionHours?: number | undefined;
  /**
   * Prefix of the Cognito domain of the login page, unique in the Region. Default: name and account of the pod.
   * Refused: `DOMAIN_PREFIX_INVALID`.
   */
  readonly domainPrefix?: string | undefined;
}

export interface PodNetworkProps {
  /** IPv4 block of the pod's own VPC, /16 to /24. Default: 10.0.0.0/16. Refused: `CIDR_INVALID`. */
  readonly cidr?: string | undefined;
  /** NAT gateways of the own VPC, 1 or 2: one is cheaper, two survive the loss of an Availability Zone. Default: 2. */
  readonly natGateways?: number | undefined;
  /**
   * Whether the own VPC has interface endpoints of what the instance calls of AWS, so that prompts, secrets and logs do not leave it
   * through NAT. Each costs by the hour and zone, and by what goes through it: README. Default: false.
   */
  readonly endpoints?: boolean | undefined;
  /** Whether the load balancer has public addresses. Default: true. */
  readonly internetFacing?: boolean | undefined;
  /** Who may reach the login page. Default: everybody, 0.0.0.0/0 and ::/0. Refused: `CIDR_INVALID`. */
  readonly allowedCidrs?: readonly string[] | undefined;
  /**
   * Addresses that the gateway believes. Default: the CIDR blocks of the load balancer's subnets.
   * Refused: `TRUSTED_PROXIES_TOO_WIDE`, `MACHINE_AMONG_TRUSTED_PROXIES`.
   */
  readonly trustedProxies?: readonly string[] | undefined;
  /**
   * What commands of agents reach. `open`: everything but the metadata of the instance. `aws-and-models`: AWS in the Region of the pod
   * and providers of models. `allow`: host names, exact or as `*.example.com` for all below it, at most 200. Both by HTTPS
   * through a proxy of the pod, and nothing else: no other protocol, no address, no DNS. The gateway itself stays open.
   * Default: open. Refused: `EGRESS_INVALID`; `EGRESS_NOT_HELD` with `agents.commands: 'with-gateway'`.
   */
  readonly egress?: 'open' | 'aws-and-models' | { readonly allow: readonly string[] } | undefined;
}

/** The instance. */
export interface PodMachineProps {
  /** Default: arm64. */
  readonly architecture?: 'arm64' | 'x86_64' | undefined;
  /**
   * At least 4 GiB of memory: the gateway takes about 1 GiB idle. Default: t4g.medium, or t3.medium for x86_64.
   * Refused: `INSTANCE_TYPE_INVALID`, `INSTANCE_TYPE_ARCHITECTURE`.
   */
  readonly instanceType?: string | undefined;
  /**
   * AMI of Amazon Linux 2023, 2023.12.20260928 or later, of the architecture and in the Region of the pod. Pins the image: without it every
   * deploy, even one that changes the config only, takes the newest image of `imageParameter`, and replaces the
   * instance when that is another one. A pinned image gets the security updates of Amazon Linux when you change it.
   * Default: that of `imageParameter`. Refused: `IMAGE_INVALID`, also together with `imageParameter`.
   */
  readonly imageId?: string | undefined;
  /**
   * SSM parameter that names the AMI, of Amazon Linux 2023. CloudFormation reads it anew at each deploy
   * (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html).
   * Default: the public one of the newest image with the default kernel. Refused: `IMAGE_INVALID`.
   */
  readonly imageParameter?: string | undefined;
  /** Size of the encrypted gp3 root volume, in GiB, 10 to 16384. With Ollama it holds the models. Default: 20. */
  readonly rootVolumeGiB?: number | undefined;
}

/** How the load balancer finds out whether the gateway lives. */
export interface HealthCheckProps {
  /**
   * Must answer without proxy attribution. Default: what the OpenClaw release offers, /healthz.
   * Refused: `HEALTH_CHECK_PATH_REFUSED`.
   */
  readonly path?: string | undefined;
}

export interface PodLogsProps {
  /** In days, a period that CloudWatch Logs knows. Default: 365. Refused: `LOG_RETENTION_INVALID`. */
  readonly retentionDays?: number | undefined;
  /** Encrypt with the KMS key of the pod instead of a key of the service. Default: false. */
  readonly encrypt?: boolean | undefined;
  /**
   * How long access logs of the load balancer stay in their bucket, in whole days: 0 to 3650. 0: there are none, and no bucket.
   * Default: 365. Refused: `LOG_RETENTION_INVALID`.
   */
  readonly accessDays?: number | undefined;
}

/** Who is told when the pod is not well, and of what. Each alarm has a page: docs/runbooks. */
export interface AlarmProps {
  /**
   * ARN of a standard topic of Amazon SNS in the Region of the pod; its policy must let `cloudwatch.amazonaws.com` publish.
   * Default: one of its own, without subscribers but those of `emails`. Refused: `ALARMS_INVALID`, `EXISTING_PART_ELSEWHERE`.
   */
  readonly topicArn?: string | undefined;
  /** Who gets a mail; each has to confirm the first one. Default: nobody. */
  readonly emails?: readonly string[] | undefined;
  /**
   * The severity of an OpsItem that each alarm opens
   * (https://docs.aws.amazon.com/systems-manager/latest/userguide/OpsCenter-create-OpsItems-from-CloudWatch-Alarms.html).
   * Default: it opens none.
   */
  readonly opsItems?: 'critical' | 'high' | 'medium' | 'low' | undefined;
  /** What nobody wants to be told of. Default: nothing; an alarm costs 0.10 USD a month. Refused: `ALARMS_INVALID`. */
  readonly off?: readonly AlarmId[] | undefined;
  /** Names of alarms, by their ids. Default: `clawharbor-`, the name of the pod, and the id. Refused: `ALARMS_INVALID`. */
  readonly names?: Readonly<Partial<Record<AlarmId, string>>> | undefined;
}

/**
 * Archives of the state, by OpenClaw's own means: on the file system, and in a bucket that is encrypted with the key of
 * the pod, versioned and kept when the stack goes. What is in them and how to restore: docs/backups.md.
 */
export interface BackupProps {
  /** Whether there is a bucket, and a schedule. Default: true. */
  readonly enabled?: boolean | undefined;
  /** From one archive to the next, in whole hours: 1 to 168. Default: 6. Refused: `BACKUPS_INVALID`. */
  readonly everyHours?: number | undefined;
  /** How many archives stay on the file system, 2 to 1000. Default: 12. Refused: `BACKUPS_INVALID`. */
  readonly keep?: number | undefined;
  /** How long archives stay in the bucket, in whole days: 1 to 3650. Default: 35. Refused: `BACKUPS_INVALID`. */
  readonly keepDays?: number | undefined;
  /**
   * How long nobody without `s3:BypassGovernanceRetention` may delete an archive from the bucket, by Object Lock in
   * governance mode, in whole days: 1 to `keepDays`
   * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html). Default: no lock.
   * Refused: `BACKUPS_INVALID`.
   */
  readonly objectLockDays?: number | undefined;
  /**
   * From one drill to the next, in whole days: 0 (never) to 365. A drill restores the newest archive aside and starts a
   * gateway on it, which takes 1.2 GB of memory for a minute. Default: 7. Refused: `BACKUPS_INVALID`.
   */
  readonly drillEveryDays?: number | undefined;
}

/** What agents may reach: docs/decisions/0033. */
export interface AgentsProps {
  /**
   * Where commands of agents run (`exec`, `process`). `apart`: as an account of their own, which has the workspaces and
   * nothing else of the gateway's: no secret, no config, no conversation, no credentials of the instance; it takes 260 MB of memory,
   * and file tools of agents stay in the workspace. `with-gateway`: as the gateway, with all that it has. `off`: nowhere.
   * Default: `apart`. Refused: `COMMANDS_UNKNOWN`; `OPENCLAW_KEY_MANAGED` for an `openclaw.config` that says otherwise.
   */
  readonly commands?: 'apart' | 'with-gateway' | 'off' | undefined;
}

/** Where the state lies. */
export interface StorageProps {
  /**
   * Where a running gateway has its databases. `replicated`: on the instance's own disk, where a chat is as fast as on a laptop, and
   * every change is on the file system a second later; what is lost with an instance that loses its power is what was said in that
   * second. `efs`: on the file system, where nothing is lost and a chat takes ten times as long. Default: replicated.
   */
  readonly databases?: 'efs' | 'replicated' | undefined;
}

/** How an instance comes into service. */
export interface LaunchProps {
  /**
   * How long a new instance may be silent before it counts as failed, in seconds: 30 to 7200. Default: 900. A launch that fails for
   * what another instance would find as well is held for a hundred times as long, two days at most; with less than 120 it may be
   * given up between two runs.
   * Refused: `HEARTBEAT_OUT_OF_RANGE`.
   */
  readonly heartbeatSeconds?: number | undefined;
  /**
   * How long the gateway may take from start to ready, in seconds: 10 to 3600. Default: 300.
   * Refused: `READY_TIMEOUT_OUT_OF_RANGE`.
   */
  readonly readyTimeoutSeconds?: number | undefined;
  /**
   * Ask the default model one short question once the gateway is ready, and once a day: ready does not say that a model
   * answers. The report says if it does not. Default: true.
   */
  readonly smokeTest?: boolean | undefined;
}

/**
 * What a deleted pod has left behind, for the pod that takes its place: with the same `name`, because the policy of the file
 * system knows the role of the instance by it. How to find the ids: docs/changes.md. They stay in the props for good.
 */
export interface RetainedProps {
  /** The file system with the state. It gets new mount targets and access points. Refused: `RETAINED_INVALID`. */
  readonly fileSystemId?: string | undefined;
  /** The people, each with the `sub` that they had. It gets a new client, and its domain again. Refused: `RETAINED_INVALID`. */
  readonly userPoolId?: string | undefined;
  /** The complete ARN of the secret; wants `keyArn`. Refused: `RETAINED_INVALID`. */
  readonly secretArn?: string | undefined;
  /** The ARN of the key of secret and backups. Refused: `RETAINED_INVALID`. */
  readonly keyArn?: string | undefined;
}

/** A pod as written by hand: plain data, what has a default may be left out. A key that is not here is refused. */
export interface PodOptionsInput {
  /** Prefix of what the pod creates, unique in account and Region. Default: openclaw. Refused: `NAME_INVALID`. */
  readonly name?: string | undefined;
  readonly domain: DomainProps;
  readonly openclaw?: GatewayProps | undefined;
  readonly bedrock?: BedrockProps | undefined;
  /** Local models. Default: none, and no Ollama. */
  readonly ollama?: OllamaProps | undefined;
  readonly login?: LoginPageProps | undefined;
  readonly network?: PodNetworkProps | undefined;
  readonly machine?: PodMachineProps | undefined;
  readonly healthCheck?: HealthCheckProps | undefined;
  readonly logs?: PodLogsProps | undefined;
  readonly launch?: LaunchProps | undefined;
  readonly storage?: StorageProps | undefined;
  readonly agents?: AgentsProps | undefined;
  readonly backups?: BackupProps | undefined;
  readonly alarms?: AlarmProps | undefined;
  /**
   * Whether there is a page of graphs in CloudWatch, with the name of the pod: whether people can work, then machine, state and
   * money. The first three of an account are free. Default: true.
   */
  readonly dashboard?: boolean | undefined;
  /** What a pod of this name has left behind when it was deleted. Default: nothing; the pod begins anew. */
  readonly retainedFrom?: RetainedProps | undefined;
  /**
   * What the pod was deployed as: `deployedAs` of {@link OpenClawPod}, the output `DeployedAs` of its stack. With it, a change
   * that could not be deployed, or would take state or people from the pod, is refused before anything is touched; without, by
   * CloudFormation in the middle of a deployment, or not at all. What each change does: docs/changes.md. Default: nothing is
   * compared. Refused: `DEPLOYED_AS_INVALID`, `FIXED_PROP_CHANGED`.
   */
  readonly deployedAs?: string | undefined;
  /**
   * Whether load balancer and user pool refuse to be deleted, by anybody. Turn it on once the pod runs: in a first deployment
   * that fails CloudFormation could not take back what refuses. Without it, state, people and keys outlive their stack all the
   * same, and a load balancer is made anew. Default: false.
   */
  readonly deletionProtection?: boolean | undefined;
}

/** A pod and its place, as written in a config file. */
export interface PodConfigInput extends PodOptionsInput {
  /** AWS account to deploy to, 12 digits. Refused: `ACCOUNT_INVALID`. */
  readonly account: string;
  /** AWS Region to deploy to, as in eu-central-1. Refused: `REGION_INVALID`. */
  readonly region: string;
}
