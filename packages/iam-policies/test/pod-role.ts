import * as autoscaling from '../src/catalogue/autoscaling.ts';
import * as backup from '../src/catalogue/backup.ts';
import * as bedrock from '../src/catalogue/bedrock.ts';
import * as efs from '../src/catalogue/elasticfilesystem.ts';
import * as iam from '../src/catalogue/iam.ts';
import * as kms from '../src/catalogue/kms.ts';
import * as s3 from '../src/catalogue/s3.ts';
import * as secretsmanager from '../src/catalogue/secretsmanager.ts';
import * as ssm from '../src/catalogue/ssm.ts';
import { document, type PolicyDocument } from '../src/index.ts';
import * as intents from '../src/intents/index.ts';

/** The roles that `pod-role.requests.txt` speaks of: those of pods, and of a person who keeps one. */
export const roles: Readonly<Record<string, PolicyDocument>> = {
  everyday: document(
    intents.invokeBedrock({ ...place('aws', 'eu-central-1'), scope: 'all' }),
    intents.listBedrockModels(),
    intents.subscribeMarketplace(),
    intents.sessionManager(),
    intents.publishMetrics({ namespace: 'Clawharbor' }),
    common('aws', 'eu-central-1'),
    backups('aws', 'eu-central-1'),
  ),
  careful: document(
    intents.invokeBedrock({
      ...place('aws', 'eu-central-1'),
      scope: ['anthropic.claude-sonnet-4-5-*'],
      regions: ['eu-central-1', 'eu-west-1'],
      applicationProfiles: ['team-a'],
    }),
    intents.subscribeMarketplace({ products: ['prod-sonnet'] }),
    intents.sessionManager({ ec2messages: false }),
    intents.mountFileSystem({ ...fileSystem('aws', 'eu-central-1'), readOnly: true }),
  ),
  global: document(
    intents.invokeBedrock({
      ...place('aws', 'us-east-1'),
      scope: ['anthropic.claude-sonnet-4-5-*'],
      regions: ['us-east-1', 'global'],
    }),
  ),
  keeper: document(keeper()),
  guarded: document(
    intents.invokeBedrock({
      ...place('aws', 'eu-central-1'),
      scope: ['amazon.nova-2-lite-v1:0'],
      regions: ['eu-central-1', 'eu-west-1'],
      guardrail: {
        arn: bedrock.guardrail({ ...place('aws', 'eu-central-1'), guardrailId: 'abc123' }),
        version: '2',
      },
    }),
  ),
  china: document(common('aws-cn', 'cn-north-1')),
  sovereign: document(common('aws-eusc', 'eusc-de-east-1')),
  govcloud: document(
    intents.invokeBedrock({
      ...place('aws-us-gov', 'us-gov-west-1'),
      scope: 'all',
      regions: ['us-gov-east-1'],
    }),
    common('aws-us-gov', 'us-gov-west-1'),
  ),
};

function keeper() {
  const here = place('aws', 'eu-central-1');
  const secret = secretsmanager.secret(
    `arn:aws:secretsmanager:eu-central-1:${here.account}:secret:pod/keys-AbCdEf`,
  );
  return [
    ...intents.openSession({ ...here, tag: { key: 'clawharbor:pod', value: 'pod' } }),
    intents.writeSecret(secret),
    intents.encryptWith(kms.key({ ...here, id: 'pod-key' }), {
      region: here.region,
      via: 'secretsmanager',
      context: { SecretARN: secret },
    }),
  ];
}

function place(partition: string, region: string) {
  return { partition, region, account: '111122223333' };
}

function fileSystem(partition: string, region: string) {
  const here = place(partition, region);
  return {
    fileSystem: efs.fileSystem({ ...here, id: 'fs-pod' }),
    accessPoint: efs.accessPoint({ ...here, id: 'fsap-pod' }),
  };
}

/** What a pod does in every partition. */
function common(partition: string, region: string) {
  const here = place(partition, region);
  const secret = secretsmanager.secret(
    `arn:${partition}:secretsmanager:${region}:${here.account}:secret:pod/keys-AbCdEf`,
  );
  return [
    intents.completeLifecycle(autoscaling.autoScalingGroup({ ...here, name: 'pod-*' })),
    intents.describeInstances(here),
    intents.readSecret(secret),
    intents.decryptWith(kms.key({ ...here, id: 'pod-key' }), {
      partition,
      region,
      via: 'secretsmanager',
      context: { SecretARN: secret },
    }),
    intents.readSpec(ssm.parameter({ ...here, name: 'clawharbor/pod/spec' })),
    intents.readArtifact(s3.object({ partition, bucket: 'assets', key: 'bootstrap.zip' })),
    intents.writeLogs({ ...here, group: '/clawharbor/pod' }),
    intents.mountFileSystem(fileSystem(partition, region)),
  ].flat();
}

function backups(partition: string, region: string) {
  const here = place(partition, region);
  return [
    ...intents.backupTo({
      vault: backup.backupVault({ ...here, backupVaultName: 'pod' }),
      role: iam.role({ partition, account: '111122223333', roleNameWithPath: 'pod-backup' }),
    }),
    ...intents.keepBackups({
      partition,
      region,
      bucket: 'archives',
      prefix: 'pod/',
      key: kms.key({ ...here, id: 'archive-key' }),
    }),
  ];
}
