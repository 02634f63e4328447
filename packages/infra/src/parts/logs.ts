import { Aws, Stack } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { resourcePolicy } from '@clawharbor/iam-policies';
import { toPolicyStatements } from '@clawharbor/iam-policies/cdk';
import { encryptLogs } from '@clawharbor/iam-policies/intents';
import { logGroup } from '@clawharbor/iam-policies/logs';
import { Construct } from 'constructs';
import { InfraError } from '../errors.ts';
import { refuseElsewhere } from './elsewhere.ts';
import { retained } from './retained.ts';

export interface LogsProps {
  readonly retentionDays: number;
  /** Default: a key of the service. */
  readonly key?: kms.IKey | undefined;
  readonly existing?: logs.ILogGroup | undefined;
}

/** CloudWatch log group for the journal of the gateway and of Ollama. */
export class Logs extends Construct {
  readonly group: logs.ILogGroup;

  /** @throws InfraError `EXISTING_PART_ELSEWHERE`, `KEY_POLICY_NOT_OURS` */
  constructor(scope: Construct, id: string, { retentionDays, key, existing }: LogsProps) {
    super(scope, id);
    if (existing !== undefined) {
      refuseElsewhere(this, 'existing.logGroup', existing.logGroupArn);
      this.group = existing;
      return;
    }
    this.group = new logs.LogGroup(this, 'Group', {
      retention: retentionDays,
      removalPolicy: retained,
      ...(key ? { encryptionKey: key } : {}),
    });
    this.node.defaultChild = this.group.node.defaultChild;
    if (key) allowLogs(key, Stack.of(this));
  }
}

function allowLogs(key: kms.IKey, { region, account }: Stack): void {
  const here = { partition: Aws.PARTITION, region, account };
  const everyGroup = logGroup({ ...here, name: '*' });
  const policy = resourcePolicy(encryptLogs({ partition: here.partition, region, logGroup: everyGroup }));
  for (const statement of toPolicyStatements(policy)) {
    if (key.addToResourcePolicy(statement).statementAdded) continue;
    throw new InfraError(
      'KEY_POLICY_NOT_OURS',
      'logs.encrypt: the policy of existing.key is not of this app, so that CloudWatch Logs cannot be let in. Leave logs.encrypt ' +
        'out and give existing.logGroup, encrypted with a key whose policy has what encryptLogs of @clawharbor/iam-policies says.',
    );
  }
}
