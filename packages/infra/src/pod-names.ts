import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { InfraError } from './errors.ts';
import { pendingLookups } from './lookups.ts';

const taken = new WeakMap<IConstruct, Map<string, IConstruct>>();

/**
 * Group, parameter and role are named after the pod, so that one name makes one pod in an account and a Region. Pods of other
 * apps are seen by CloudFormation only.
 *
 * @throws InfraError `POD_NAME_TAKEN`
 */
export function takePodName(pod: IConstruct, name: string): void {
  const { root } = pod.node;
  const names = taken.get(root) ?? new Map<string, IConstruct>();
  taken.set(root, names);
  const { account, region } = Stack.of(pod);
  const key = [account, region, name].join();
  const other = names.get(key);
  // A name that is still to be looked up is not what it will be.
  if (other !== undefined && pendingLookups(pod).length === 0) {
    throw new InfraError(
      'POD_NAME_TAKEN',
      `name: ${other.node.path} is called ${name}, too, in the same account and Region: give one of the two pods another name.`,
    );
  }
  names.set(key, pod);
}
