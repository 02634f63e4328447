import { MetadataService } from '@aws-sdk/ec2-metadata-service';
import { BootstrapError } from '../errors.ts';
import { explain } from './explain.ts';
import type { Outlook } from './outlook.ts';
import { oneTry, patiently, type Patience } from './patience.ts';

/** IMDSv2: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html */
export class InstanceMetadata {
  readonly #patience: Patience;

  constructor(patience: Patience = oneTry) {
    this.#patience = patience;
  }

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
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  #get(path: string): Promise<string> {
    return patiently(this.#patience, outlookOf, async () => {
      // A new one each time: after a refused token it never asks for one again. No slash in front of a path: the client
      // joins path and endpoint, which ends with one.
      const service = new MetadataService({ httpOptions: { timeout: 3000 }, ec2MetadataV1Disabled: true });
      return (await service.request(path, {})).trim();
    });
  }
}

/** The client has one kind of error for all. What is not there is not there; for the rest an instance can only wait. */
function outlookOf(error: unknown): Outlook {
  return isAbsent(error) ? 'final' : 'passing';
}

function isAbsent(error: unknown): boolean {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404;
}

/** @throws BootstrapError `HOST_UNSUPPORTED` where there is no metadata service */
export async function describeInstance(
  patience: Patience,
): Promise<{ id: string; target: string | undefined }> {
  const metadata = new InstanceMetadata(patience);
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
