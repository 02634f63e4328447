import { allow, document } from '@clawharbor/iam-policies';
import * as autoscaling from '@clawharbor/iam-policies/autoscaling';
import * as bedrock from '@clawharbor/iam-policies/bedrock';
import * as logs from '@clawharbor/iam-policies/logs';

const here = { region: 'eu-central-1', account: '111122223333' };

const policy = document(
  allow('Models', bedrock.InvokeModel, bedrock.InvokeModelWithResponseStream)
    .on(bedrock.foundationModel({ model: '*' }), bedrock.inferenceProfile({ ...here, profile: '*' }))
    .when('bedrock:ServiceTier', 'StringEquals', 'default'),
  allow('ModelList', bedrock.ListFoundationModels).onAll(),
  allow('Lifecycle', autoscaling.CompleteLifecycleAction, autoscaling.RecordLifecycleActionHeartbeat).on(
    autoscaling.autoScalingGroup({ ...here, name: 'pod-*' }),
  ),
  allow('Logs', logs.CreateLogStream, logs.PutLogEvents).on(
    logs.logStream({ ...here, group: '/pod', name: '*' }),
  ),
);

process.stdout.write(JSON.stringify(policy));
