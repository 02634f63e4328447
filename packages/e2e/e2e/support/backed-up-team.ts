import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BackupStore, type BackupContext } from '@clawharbor/bootstrap/backup';
import {
  CredentialIssuer,
  s3,
  startEndpoint,
  type Listening,
  type ObjectStore,
  type RequestRecord,
} from '../../src/aws/index.ts';
import { openDataDirectory } from '../../src/pod/data-dir.ts';
import { readDeployment } from '../../src/pod/deployment.ts';
import { Team } from './team.ts';

/**
 * A team whose pod has a bucket, with the permissions, the key and the prefix that the synthesized template gives it. The
 * SDK of this process speaks to the stand-in for S3 as the role of the instance.
 */
export class BackedUpTeam {
  readonly team: Team;
  readonly bucket: string;
  readonly requests: RequestRecord[] = [];
  keyIsEnabled = true;
  readonly #directory: string;
  readonly #endpoint: Listening;

  private constructor(team: Team, directory: string, bucket: string, endpoint: Listening) {
    this.team = team;
    this.#directory = directory;
    this.bucket = bucket;
    this.#endpoint = endpoint;
  }

  static async open(): Promise<BackedUpTeam> {
    const directory = mkdtempSync(join(tmpdir(), 'clawharbor-s3-'));
    const deployment = await readDeployment({ directory: openDataDirectory(directory) });
    const { ownBuckets, role, region, account, spec } = deployment;
    const [bucket] = ownBuckets;
    if (!bucket || !spec.backups) throw new Error('the template has no bucket for backups');
    const folder = join(directory, 'objects');
    const store: ObjectStore = {
      ...bucket,
      region,
      directory: folder,
      isKeyEnabled: () => opened.keyIsEnabled,
    };
    const credentials = new CredentialIssuer();
    const endpoint = await startEndpoint({
      listen: { host: '127.0.0.1', port: 0 },
      region,
      credentials,
      services: [s3(() => ({}), [store])],
      policies: () => role.policies,
      onRequest: (record) => opened.requests.push(record),
    });
    const issued = credentials.issue({ account, roleName: role.name, sessionName: 'i-0123456789abcdef0' });
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: endpoint.url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: issued.accessKeyId,
      AWS_SECRET_ACCESS_KEY: issued.secretAccessKey,
      AWS_SESSION_TOKEN: issued.sessionToken,
    });
    const opened = new BackedUpTeam(await Team.open({ backups: spec.backups }), directory, folder, endpoint);
    return opened;
  }

  get context(): BackupContext {
    return { host: this.team.host, spec: this.team.spec([]), signal: new AbortController().signal };
  }

  get store(): BackupStore {
    return new BackupStore(this.team.host, this.team.spec([]));
  }

  async close(): Promise<void> {
    await this.team.close();
    await this.#endpoint.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
