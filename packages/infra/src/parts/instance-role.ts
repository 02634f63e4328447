import { Aws, Stack } from 'aws-cdk-lib';
import type * as cognito from 'aws-cdk-lib/aws-cognito';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { document } from '@clawharbor/iam-policies';
import { autoScalingGroup } from '@clawharbor/iam-policies/autoscaling';
import { toPolicyDocument } from '@clawharbor/iam-policies/cdk';
import { guardrail as guardrailArn } from '@clawharbor/iam-policies/bedrock';
import { userpool } from '@clawharbor/iam-policies/cognito-idp';
import { accessPoint, fileSystem } from '@clawharbor/iam-policies/elasticfilesystem';
import {
  completeLifecycle,
  decryptWith,
  describeInstances,
  invokeBedrock,
  keepBackups,
  listBedrockModels,
  listPeople,
  mountFileSystem,
  readArtifact,
  readSecret,
  readSpec,
  sessionManager,
  subscribeMarketplace,
  writeLogs,
} from '@clawharbor/iam-policies/intents';
import { key as kmsKey } from '@clawharbor/iam-policies/kms';
import { object } from '@clawharbor/iam-policies/s3';
import { secret as secretArn } from '@clawharbor/iam-policies/secretsmanager';
import { parameter } from '@clawharbor/iam-policies/ssm';
import { Construct } from 'constructs';
import type { PodOptions } from '../options/pod-options.ts';
import type { Backups } from './backups.ts';
import type { Secrets } from './secrets.ts';
import type { Storage } from './storage.ts';

export interface Grants {
  readonly groupName: string;
  readonly specParameter: string;
  readonly secrets: Secrets;
  readonly storage: Storage;
  readonly logGroup: logs.ILogGroup;
  readonly bedrock: PodOptions['bedrock'] & { readonly region: string };
  /** What the instance fetches: the bundle, and what the parameter could not hold of the spec. */
  readonly artifacts: readonly Asset[];
  readonly userPool: cognito.IUserPool;
  /** Absent where there is no bucket. */
  readonly backups: Backups | undefined;
}

export interface InstanceRoleProps {
  readonly podName: string;
}

/** What the instance may do on AWS: row S10 of the design and nothing beyond, each statement from an intent. */
export class InstanceRole extends Construct {
  readonly role: iam.Role;

  constructor(scope: Construct, id: string, { podName }: InstanceRoleProps) {
    super(scope, id);
    this.role = new iam.Role(this, 'Role', {
      // Named, because the file system's policy knows its role by this name: that of a pod that was deleted and comes back.
      // A role is of the account, a pod of a Region.
      roleName: `clawharbor-${podName}-${Stack.of(this).region}`,
      description: 'Instance of an OpenClaw pod',
      assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com'),
    });
    this.node.defaultChild = this.role.node.defaultChild;
  }

  /** Once only, when everything that it names is there. */
  grant(grants: Grants): iam.Policy {
    const { groupName, specParameter, secrets, storage, logGroup, artifacts, userPool, backups } = grants;
    const { region, account } = Stack.of(this);
    const here = { partition: Aws.PARTITION, region, account };
    const statements = document(
      modelCalls(grants.bedrock, here),
      describeInstances({ region }),
      completeLifecycle(autoScalingGroup({ ...here, name: groupName })),
      listPeople(userpool(userPool.userPoolArn)),
      readSpec(parameter({ ...here, name: specParameter })),
      readSecret(secretArn(secrets.secretArn)),
      secrets.secretKey === undefined
        ? []
        : decryptWith(kmsKey(secrets.secretKey.keyArn), {
            partition: Aws.PARTITION,
            region,
            via: 'secretsmanager',
            context: { SecretARN: secrets.secretArn },
          }),
      artifacts.map(({ s3BucketName: bucket, s3ObjectKey: key }) =>
        readArtifact(object({ partition: Aws.PARTITION, bucket, key })),
      ),
      mountFileSystem({
        fileSystem: fileSystem(storage.fileSystem.fileSystemArn),
        accessPoint: [
          accessPoint(storage.state.accessPointArn),
          accessPoint(storage.artifacts.accessPointArn),
        ],
      }),
      writeLogs({ ...here, group: logGroup.logGroupName }),
      sessionManager({ ec2messages: false }),
      backups === undefined
        ? []
        : keepBackups({
            partition: Aws.PARTITION,
            region,
            bucket: backups.bucket.bucketName,
            prefix: backups.prefix,
            key: kmsKey(secrets.key.keyArn),
          }),
    );
    return new iam.Policy(this, 'Policy', {
      document: toPolicyDocument(statements.asInline()),
      roles: [this.role],
    });
  }
}

/** Models of Amazon are not of the Marketplace: https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html */
function modelCalls(
  { models, regions, guardrail, region }: Grants['bedrock'],
  { partition, account }: { readonly partition: string; readonly account: string },
) {
  const called = { partition, region, account };
  return [
    invokeBedrock({
      scope: some(models) ?? 'all',
      ...called,
      ...(regions === undefined ? {} : { regions: some(regions) ?? ['*'] }),
      ...(guardrail === undefined
        ? {}
        : {
            guardrail: {
              arn: guardrailArn({ ...called, guardrailId: guardrail.id }),
              version: guardrail.version,
            },
          }),
    }),
    listBedrockModels(),
    ...(models?.every((id) => /^(\w+\.)?amazon\./.test(id)) ? [] : [subscribeMarketplace()]),
  ].flat();
}

function some(values: readonly string[] | undefined): readonly [string, ...string[]] | undefined {
  const [first, ...others] = values ?? [];
  return first === undefined ? undefined : [first, ...others];
}
