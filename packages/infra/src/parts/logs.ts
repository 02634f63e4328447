import { Aws, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { resourcePolicy } from '@clawharbor/iam-policies';
import { toPolicyStatements } from '@clawharbor/iam-policies/cdk';
import { encryptLogs } from '@clawharbor/iam-policies/intents';
import { logGroup } from '@clawharbor/iam-policies/logs';
import { Construct } from 'constructs';

export interface LogsProps {
  readonly retentionDays: number;
  /** Default: a key of the service. */
  readonly key?: kms.Key | undefined;
}

/** CloudWatch log group for the journal of the gateway and of Ollama. */
export class Logs extends Construct {
  readonly group: logs.LogGroup;

  constructor(scope: Construct, id: string, { retentionDays, key }: LogsProps) {
    super(scope, id);
    this.group = new logs.LogGroup(this, 'Group', {
      retention: retentionDays,
      removalPolicy: RemovalPolicy.RETAIN,
      ...(key ? { encryptionKey: key } : {}),
    });
    if (key) allowLogs(key, Stack.of(this));
  }
}

function allowLogs(key: kms.Key, { region, account }: Stack): void {
  const here = { partition: Aws.PARTITION, region, account };
  const everyGroup = logGroup({ ...here, name: '*' });
  const policy = resourcePolicy(encryptLogs({ partition: here.partition, region, logGroup: everyGroup }));
  for (const statement of toPolicyStatements(policy)) key.addToResourcePolicy(statement);
}
