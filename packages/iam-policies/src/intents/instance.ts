import type { Arn, Regional } from '../arn.ts';
import * as autoscaling from '../catalogue/autoscaling.ts';
import * as ec2 from '../catalogue/ec2.ts';
import * as ec2messages from '../catalogue/ec2messages.ts';
import * as ssm from '../catalogue/ssm.ts';
import * as ssmmessages from '../catalogue/ssmmessages.ts';
import { allow, type IdentityStatement } from '../statement.ts';

/**
 * Holds an instance at a lifecycle hook and lets it go. Name the group by a pattern where the role must exist
 * before the group: `autoScalingGroup({ region, account, name: 'pod-*' })`.
 * {@link https://docs.aws.amazon.com/autoscaling/ec2/userguide/completing-lifecycle-hooks.html}
 */
export function completeLifecycle(group: Arn<'autoscaling:autoScalingGroup'>): IdentityStatement {
  return allow(
    'CompleteLifecycle',
    autoscaling.CompleteLifecycleAction,
    autoscaling.RecordLifecycleActionHeartbeat,
  ).on(group);
}

/**
 * Describes instances. EC2 knows no resources for it; the Region is all that can be limited.
 * {@link https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html}
 */
export function describeInstances({ region }: { readonly region: string }): IdentityStatement {
  return allow('DescribeInstances', ec2.DescribeInstances).onAll().when('ec2:Region', 'StringEquals', region);
}

export interface SessionManagerOptions {
  /** Also by the endpoint that Run Command used before `ssmmessages`. Default: true. */
  readonly ec2messages?: boolean;
}

/**
 * What the SSM agent needs for Session Manager: the minimal policy of the guide.
 * {@link https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html}
 */
export function sessionManager(options: SessionManagerOptions = {}): readonly IdentityStatement[] {
  return [
    allow('SessionManagerRegister', ssm.UpdateInstanceInformation).unscoped(
      'The instance is not known before it starts, and the guide grants it on every resource.',
    ),
    allow(
      'SessionManagerChannels',
      ssmmessages.CreateControlChannel,
      ssmmessages.CreateDataChannel,
      ssmmessages.OpenControlChannel,
      ssmmessages.OpenDataChannel,
    ).onAll(),
    ...((options.ec2messages ?? true)
      ? [
          allow(
            'SessionManagerMessages',
            ec2messages.AcknowledgeMessage,
            ec2messages.DeleteMessage,
            ec2messages.FailMessage,
            ec2messages.GetEndpoint,
            ec2messages.GetMessages,
            ec2messages.SendReply,
          ).onAll(),
        ]
      : []),
  ];
}

export interface OpenSessionOptions extends Regional {
  /** A tag that the instances have, and no others. Who may tag an instance can open it. */
  readonly tag: { readonly key: string; readonly value: string };
  /** The session document that may be used. Default: `SSM-SessionManagerRunShell`, a shell as the account has set it up. */
  readonly document?: string;
}

/**
 * For a person: opens a Session Manager session to the tagged instances by one session document, so no port forwarding by
 * another; resumes and ends the own sessions. Finding the instance and listing sessions is left to what the person may do anyway.
 * {@link https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-restrict-access-quickstart.html}
 * {@link https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-restrict-access-examples.html}
 */
export function openSession(options: OpenSessionOptions): readonly IdentityStatement[] {
  const { tag, document = 'SSM-SessionManagerRunShell', partition = 'aws', region, account } = options;
  const here = { partition, region, account };
  return [
    allow('OpenSession', ssm.StartSession)
      .on(ssm.instance({ ...here, instanceId: '*' }))
      .when(`ssm:resourceTag/${tag.key}`, 'StringEquals', tag.value)
      // Else a document that nobody names is not asked for.
      .when('ssm:SessionDocumentAccessCheck', 'BoolIfExists', true),
    allow('UseSessionDocument', ssm.StartSession)
      .on(ssm.document({ ...here, documentName: document }))
      .when('ssm:SessionDocumentAccessCheck', 'BoolIfExists', true),
    // It names no resource: what opens a channel is the token that StartSession gave.
    allow('StreamSession', ssmmessages.OpenDataChannel).onAll(),
    // The id of a session begins with the name of a user or of a role's session, and only the tag says whose it is.
    allow('EndOwnSessions', ssm.ResumeSession, ssm.TerminateSession)
      .on(ssm.session({ ...here, sessionId: '*' }))
      .when('ssm:resourceTag/aws:ssmmessages:session-id', 'StringLike', '${aws:userid}*'),
  ];
}
