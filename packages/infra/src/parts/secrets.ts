import { SecretValue } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { refuseElsewhere } from './elsewhere.ts';
import type { ExistingParts } from './existing-parts.ts';
import { retained } from './retained.ts';

export interface SecretsProps {
  readonly podName: string;
  readonly existingKey?: kms.IKey | undefined;
  readonly existingSecret?: ExistingParts['secret'];
}

/**
 * The keys of model providers, encrypted with a key of the pod. The template holds their names only; the values are
 * set once it is deployed: `aws secretsmanager put-secret-value`.
 */
export class Secrets extends Construct {
  readonly key: kms.IKey;
  readonly secret: secretsmanager.ISecret;
  /** What the secret is encrypted with; undefined where that is the key of the service, which needs no permission. */
  readonly secretKey: kms.IKey | undefined;
  /** The complete ARN of the secret, or what it looks like where only its name is known. */
  readonly secretArn: string;

  /** @throws InfraError `EXISTING_PART_ELSEWHERE` */
  constructor(scope: Construct, id: string, { podName, existingKey, existingSecret }: SecretsProps) {
    super(scope, id);
    if (existingKey !== undefined) refuseElsewhere(this, 'existing.key', existingKey.keyArn);
    if (existingSecret !== undefined) refuseElsewhere(this, 'existing.secret', existingSecret.secretArn);
    this.key = existingKey ?? this.ownKey(podName);
    // With exactOptionalPropertyTypes a Secret is no ISecret to the compiler: the d.ts of aws-cdk-lib lacks an undefined.
    this.secret = (existingSecret ?? this.ownSecret(podName)) as secretsmanager.ISecret;
    if (existingSecret === undefined) this.node.defaultChild = this.secret.node.defaultChild;
    this.secretKey = existingSecret === undefined ? this.key : existingSecret.encryptionKey;
    // https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
    const { secretArn, secretFullArn } = this.secret;
    this.secretArn = existingSecret === undefined ? secretArn : (secretFullArn ?? `${secretArn}-??????`);
  }

  private ownKey(podName: string): kms.Key {
    return new kms.Key(this, 'Key', {
      description: `Secrets of the OpenClaw pod ${podName}`,
      enableKeyRotation: true,
      removalPolicy: retained,
    });
  }

  private ownSecret(podName: string): secretsmanager.Secret {
    return new secretsmanager.Secret(this, 'Secret', {
      description: `Environment of the OpenClaw pod ${podName}: a JSON object, each key a variable`,
      encryptionKey: this.key,
      removalPolicy: retained,
      // Constant for ever: CloudFormation writes it anew, over the real values, when it changes.
      secretObjectValue: {
        ANTHROPIC_API_KEY: SecretValue.unsafePlainText(''),
        OPENAI_API_KEY: SecretValue.unsafePlainText(''),
      },
    });
  }
}
