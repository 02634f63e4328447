import type * as cognito from 'aws-cdk-lib/aws-cognito';
import type * as efs from 'aws-cdk-lib/aws-efs';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';

/** People who are there already. The pod adds a client of its own. */
export interface ExistingLogin {
  /** In the Region of the pod. Refused: `EXISTING_PART_ELSEWHERE`. */
  readonly userPool: cognito.IUserPool;
  /** Default: a domain with the prefix `login.domainPrefix`. A user pool has one prefix domain at most. */
  readonly domain?: cognito.IUserPoolDomain;
  /**
   * Whether the domain shows the managed login, which wants a style for the client
   * (https://docs.aws.amazon.com/cognito/latest/developerguide/managed-login-branding.html); the classic pages do not, and
   * the Lite plan has no other. Default: true.
   */
  readonly managedLogin?: boolean;
}

/**
 * A file system that is there already, with a mount target in each zone of the gateway. The pod lets itself in by the
 * security group of `FileSystem.fromFileSystemAttributes`. It cannot write the policy of the file system: `fileSystemPolicy`
 * of `@clawharbor/iam-policies/intents` is the one to set there.
 */
export interface ExistingFileSystem {
  /** In the Region of the pod. Refused: `EXISTING_PART_ELSEWHERE`. */
  readonly fileSystem: efs.IFileSystem;
  /** For the state, with the user and group 1800. Default: one of its own, at /state. Refused: `ACCESS_POINT_INVALID`. */
  readonly stateAccessPoint?: efs.IAccessPoint;
  /** For OpenClaw and its like, with the user and group 1802. Default: one of its own, at /artifacts. Refused: `ACCESS_POINT_INVALID`. */
  readonly artifactsAccessPoint?: efs.IAccessPoint;
}

/** What is there already and the pod is to use. Whatever is left out, the pod makes. */
export interface ExistingParts {
  readonly login?: ExistingLogin;
  /**
   * Encrypts secret, backups and, by `logs.encrypt`, logs. Its policy must let IAM of the account decide
   * (https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html), and CloudWatch Logs use it where logs
   * are encrypted: the pod adds that to a key of the app. Refused: `EXISTING_PART_ELSEWHERE`; `KEY_POLICY_NOT_OURS` for
   * `logs.encrypt` with a key that is not of the app.
   */
  readonly key?: kms.IKey;
  /**
   * A JSON object, each key a variable of the gateway. By `fromSecretCompleteArn`, or `fromSecretAttributes` where it is
   * encrypted with a key: `fromSecretNameV2` will do if no other secret begins so. Refused: `EXISTING_PART_ELSEWHERE`.
   */
  readonly secret?: secretsmanager.ISecret | secretsmanager.Secret | undefined;
  readonly fileSystem?: ExistingFileSystem;
  /** For the journal; `logs` says nothing of it then. Refused: `EXISTING_PART_ELSEWHERE`. */
  readonly logGroup?: logs.ILogGroup;
  /** Of every role that the pod makes. */
  readonly permissionsBoundary?: iam.IManagedPolicy;
}
