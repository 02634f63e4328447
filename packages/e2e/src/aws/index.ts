export { autoScaling } from './auto-scaling.ts';
export {
  AutoScalingGroup,
  type AutoScalingGroupOptions,
  type LaunchRequest,
  type RunningInstance,
  type Transition,
} from './auto-scaling-group.ts';
export { cognitoIdp, type PoolUser, type UserPoolDirectory } from './cognito-idp.ts';
export { systemClock, type Clock } from './clock.ts';
export {
  callerArn,
  CredentialIssuer,
  type Caller,
  type CredentialIssuerOptions,
  type Credentials,
} from './credentials.ts';
export { startEndpoint, type EndpointOptions, type RequestRecord } from './endpoint.ts';
export { evaluate, type AccessRequest, type Decision, type PolicyDocument } from './iam.ts';
export { startImds, type ImdsOptions, type InstanceIdentity } from './imds.ts';
export { type Listening, type ListenOn } from './listen.ts';
export { s3, type Buckets } from './s3.ts';
export { type ObjectStore } from './s3-bucket.ts';
export {
  type GroupDefinition,
  type GroupState,
  type Instance,
  type LifecycleHook,
  type LifecycleResult,
  type LifecycleState,
  type ScalingActivity,
} from './scaling-group.ts';
export { keyFile } from './sealed-file.ts';
export {
  secretsManager,
  type SecretDefinition,
  type SecretsManager,
  type SecretsManagerOptions,
} from './secrets-manager.ts';
export type { AwsService } from './service.ts';
export { parameterStore, type Parameter, type ParameterStore, type ParameterStoreOptions } from './ssm.ts';
export { sts } from './sts.ts';
