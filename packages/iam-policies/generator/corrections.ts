/**
 * Where the data is wrong or says too little, and what this package does about it. General rules:
 *
 * - `required` of a resource type is not used: the data marks every alternative of an action as required
 *   (bedrock:InvokeModel "requires" twelve types at once), and none of s3:GetObject, which needs an object.
 * - A key that no action and no resource type lists is accepted by all actions of its service.
 */
export interface Corrections {
  /** Actions that are called without any resource too, although the data lists resource types. */
  readonly acceptsAllToo: readonly string[];
  /** Resource type → placeholder of its ARN → name of the parameter. */
  readonly parameters: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Resource type → placeholder of its ARN → default, for parts that nobody knows beforehand. */
  readonly optional: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Condition keys that an action knows, although the data does not list them with it. */
  readonly conditionKeys: Readonly<Record<string, readonly string[]>>;
}

export const corrections: Corrections = {
  acceptsAllToo: [
    // Only data points in OTLP format go to a dataset; all others are limited by cloudwatch:namespace.
    'cloudwatch:PutMetricData',
    'cloudwatch:GetMetricData',
    'cloudwatch:ListMetrics',
  ],
  parameters: {
    'autoscaling:autoScalingGroup': { GroupId: 'id', GroupFriendlyName: 'name' },
    'bedrock:application-inference-profile': { ResourceId: 'profile' },
    'bedrock:foundation-model': { ResourceId: 'model' },
    'bedrock:inference-profile': { ResourceId: 'profile' },
    'elasticfilesystem:access-point': { AccessPointId: 'id' },
    'elasticfilesystem:file-system': { FileSystemId: 'id' },
    'kms:key': { KeyId: 'id' },
    'logs:log-group': { LogGroupName: 'name' },
    'logs:log-stream': { LogGroupName: 'group', LogStreamName: 'name' },
    's3:bucket': { BucketName: 'name' },
    's3:object': { BucketName: 'bucket', ObjectName: 'key' },
    // Secrets Manager appends six random characters to the name: see src/names.ts.
    'secretsmanager:Secret': { SecretId: 'name' },
    'sns:topic': { TopicName: 'name' },
    // With its leading slash or without: see src/names.ts.
    'ssm:parameter': { ParameterNameWithoutLeadingSlash: 'name' },
  },
  optional: {
    // Auto Scaling makes the id, a UUID, when the group is created; the name is unique in account and Region.
    'autoscaling:autoScalingGroup': { GroupId: '*' },
  },
  conditionKeys: {
    // https://docs.aws.amazon.com/bedrock/latest/userguide/model-access-permissions.html
    'aws-marketplace:Subscribe': ['aws-marketplace:ProductId'],
    // Of whatever provider: the data has only some keys of some, and of GitHub's not even `sub`.
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
    'sts:AssumeRoleWithWebIdentity': [
      '<provider>:aud',
      '<provider>:email',
      '<provider>:oaud',
      '<provider>:sub',
    ],
  },
};
