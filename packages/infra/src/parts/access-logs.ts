import { Aws, Duration } from 'aws-cdk-lib';
import type * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { resourcePolicy } from '@clawharbor/iam-policies';
import { toPolicyStatements } from '@clawharbor/iam-policies/cdk';
import { deliverAccessLogs } from '@clawharbor/iam-policies/intents';
import { Construct } from 'constructs';
import { retained } from './retained.ts';

export interface AccessLogsProps {
  readonly podName: string;
  readonly loadBalancer: elb.ApplicationLoadBalancer;
  readonly keepDays: number;
}

/**
 * Who asked for what, when, and was answered how: each request that came to the load balancer, in a bucket of the pod. With S3's own
 * keys, because the delivery knows no other.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
 */
export class AccessLogs extends Construct {
  readonly bucket: s3.Bucket;

  constructor(scope: Construct, id: string, { podName, loadBalancer, keepDays }: AccessLogsProps) {
    super(scope, id);
    this.bucket = new s3.Bucket(this, 'Bucket', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      lifecycleRules: [
        { expiration: Duration.days(keepDays), abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      removalPolicy: retained,
    });
    const delivery = deliverAccessLogs({
      partition: Aws.PARTITION,
      bucket: this.bucket.bucketName,
      prefix: podName,
      account: Aws.ACCOUNT_ID,
    });
    for (const statement of toPolicyStatements(resourcePolicy(delivery)))
      this.bucket.addToResourcePolicy(statement);
    loadBalancer.setAttribute('access_logs.s3.enabled', 'true');
    loadBalancer.setAttribute('access_logs.s3.bucket', this.bucket.bucketName);
    loadBalancer.setAttribute('access_logs.s3.prefix', podName);
    // It writes a file to try the bucket when the attribute is set.
    loadBalancer.node.addDependency(this.bucket.policy!);
  }
}
