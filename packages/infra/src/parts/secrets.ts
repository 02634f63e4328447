import { RemovalPolicy, SecretValue } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

export interface SecretsProps {
  readonly podName: string;
}

/**
 * The keys of model providers, encrypted with a key of the pod. The template holds their names only; the values are
 * set once it is deployed: `aws secretsmanager put-secret-value`.
 */
export class Secrets extends Construct {
  readonly key: kms.Key;
  readonly secret: secretsmanager.Secret;

  constructor(scope: Construct, id: string, { podName }: SecretsProps) {
    super(scope, id);
    this.key = new kms.Key(this, 'Key', {
      description: `Secrets of the OpenClaw pod ${podName}`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.secret = new secretsmanager.Secret(this, 'Secret', {
      description: `Environment of the OpenClaw pod ${podName}: a JSON object, each key a variable`,
      encryptionKey: this.key,
      removalPolicy: RemovalPolicy.RETAIN,
      // Constant for ever: CloudFormation writes it anew, over the real values, when it changes.
      secretObjectValue: {
        ANTHROPIC_API_KEY: SecretValue.unsafePlainText(''),
        OPENAI_API_KEY: SecretValue.unsafePlainText(''),
      },
    });
  }
}
