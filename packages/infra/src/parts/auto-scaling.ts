import { Duration } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct, type IDependable } from 'constructs';
import type { Network } from './network.ts';

export interface AutoScalingProps {
  readonly groupName: string;
  readonly network: Network;
  readonly launchTemplate: ec2.LaunchTemplate;
  readonly targetGroup: elb.ApplicationTargetGroup;
  readonly hookName: string;
  /** Keeps an instance that is taken away until its gateway has ended what is under way. */
  readonly drainHookName: string;
  readonly heartbeatSeconds: number;
  /** What an instance needs from its first second. */
  readonly after: readonly IDependable[];
}

/** The bootstrap looks every minute, and OpenClaw drains for up to 315 s. */
const drainSeconds = 480;

/** Exactly one instance, replaced when it is unhealthy, in service only once the bootstrap says so. */
export class AutoScaling extends Construct {
  readonly group: autoscaling.AutoScalingGroup;

  constructor(scope: Construct, id: string, props: AutoScalingProps) {
    super(scope, id);
    this.group = new autoscaling.AutoScalingGroup(this, 'Group', {
      autoScalingGroupName: props.groupName,
      vpc: props.network.vpc,
      vpcSubnets: { subnets: [...props.network.gatewaySubnets] },
      launchTemplate: props.launchTemplate,
      minCapacity: 1,
      maxCapacity: 1,
      desiredCapacity: 1,
      // They cost nothing, and nothing else says how often an instance is replaced.
      groupMetrics: [autoscaling.GroupMetrics.all()],
      // Terminate, then launch: two gateways must not write the same state.
      minHealthyPercentage: 0,
      maxHealthyPercentage: 100,
      updatePolicy: autoscaling.UpdatePolicy.instanceRefresh({
        strategy: autoscaling.InstanceRefreshStrategy.ROLLING,
        minHealthyPercentage: 0,
        maxHealthyPercentage: 100,
        instanceWarmup: Duration.seconds(0),
      }),
      healthChecks: autoscaling.HealthChecks.withAdditionalChecks({
        additionalTypes: [autoscaling.AdditionalHealthCheckType.ELB],
        // Counts from the end of the lifecycle hook, when the gateway is ready: time for the first checks.
        gracePeriod: Duration.seconds(120),
      }),
    });
    this.node.defaultChild = this.group.node.defaultChild;
    this.group.attachToApplicationTargetGroup(props.targetGroup);
    // Inline: a hook that is a resource of its own would come after the first instance.
    const resource = this.group.node.defaultChild as autoscaling.CfnAutoScalingGroup;
    resource.lifecycleHookSpecificationList = [
      {
        lifecycleHookName: props.hookName,
        lifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
        defaultResult: 'ABANDON',
        heartbeatTimeout: props.heartbeatSeconds,
      },
      {
        lifecycleHookName: props.drainHookName,
        lifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
        // Whatever became of the gateway, the instance goes.
        defaultResult: 'CONTINUE',
        heartbeatTimeout: drainSeconds,
      },
    ];
    this.group.node.addDependency(...props.after);
  }
}
