import { Arn, ArnFormat, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { InfraError } from '../errors.ts';

/**
 * A pod reaches what is in its own Region: the load balancer its certificate and user pool, the instance all else. What only
 * the deployment knows is let through.
 *
 * @param place the prop that the ARN came by
 * @throws InfraError `EXISTING_PART_ELSEWHERE`
 */
export function refuseElsewhere(scope: Construct, place: string, arn: string): void {
  if (Token.isUnresolved(arn)) {
    // CDK writes what it imports as a text with tokens in it, such as the partition.
    const parts = arn.split(/:(?![^{]*\})/);
    if (parts.length < 6 || parts[0] !== 'arn') return;
  }
  const { region } = Arn.split(arn, ArnFormat.COLON_RESOURCE_NAME);
  const here = Stack.of(scope).region;
  if (!region || Token.isUnresolved(region) || Token.isUnresolved(here) || region === here) return;
  throw new InfraError(
    'EXISTING_PART_ELSEWHERE',
    `${place}: is in ${region}, and the pod in ${here}: give one of ${here}.`,
  );
}
