import { MetadataService } from '@aws-sdk/ec2-metadata-service';
import { BootstrapError } from '../errors.ts';
import { explain } from './explain.ts';

/** IMDSv2: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html */
export class InstanceMetadata {
  // No slash in front: the client joins path and endpoint, which ends with one.
  readonly #service = new MetadataService({ httpOptions: { timeout: 3000 }, ec2MetadataV1Disabled: true });

  instanceId(): Promise<string> {
    return this.#get('latest/meta-data/instance-id');
  }

  region(): Promise<string> {
    return this.#get('latest/meta-data/placement/region');
  }

  /**
   * The state that Auto Scaling takes the instance to, as in `InService` or `Warmed:Stopped`; undefined for an
   * instance outside of a group.
   * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/retrieving-target-lifecycle-state-through-imds.html
   */
  async targetLifecycleState(): Promise<string | undefined> {
    try {
      return await this.#get('latest/meta-data/autoscaling/target-lifecycle-state');
    } catch (error) {
      const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
      if (status === 404) return undefined;
      throw error;
    }
  }

  async #get(path: string): Promise<string> {
    const value = await this.#service.request(path, {});
    return value.trim();
  }
}

/** @throws BootstrapError `HOST_UNSUPPORTED` where there is no metadata service */
export async function describeInstance(): Promise<{ id: string; target: string | undefined }> {
  const metadata = new InstanceMetadata();
  try {
    return { id: await metadata.instanceId(), target: await metadata.targetLifecycleState() };
  } catch (error) {
    throw new BootstrapError(
      'HOST_UNSUPPORTED',
      `The spec has a lifecycle hook, but the instance metadata service does not answer: ${explain(error)}`,
      { cause: error },
    );
  }
}
