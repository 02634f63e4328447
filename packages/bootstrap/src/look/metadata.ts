import { Refusal, textOf } from './request.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** IMDSv2, one try: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-v2-how-it-works.html */
export class Metadata {
  readonly #token: string;

  static async open(): Promise<Metadata> {
    const headers = { 'x-aws-ec2-metadata-token-ttl-seconds': '60' };
    return new Metadata(await textOf({ url: urlOf('/latest/api/token'), method: 'PUT', headers }));
  }

  private constructor(token: string) {
    this.#token = token;
  }

  /** @param name as in `placement/region` */
  async get(name: string): Promise<string> {
    const headers = { 'x-aws-ec2-metadata-token': this.#token };
    return (await textOf({ url: urlOf(`/latest/meta-data/${name}`), method: 'GET', headers })).trim();
  }

  /** @returns undefined for what an instance does not have */
  async find(name: string): Promise<string | undefined> {
    try {
      return await this.get(name);
    } catch (error) {
      if (error instanceof Refusal && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Of the instance's role: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html */
  async credentials(): Promise<Credentials> {
    const roles = 'iam/security-credentials/';
    const answer = JSON.parse(await this.get(`${roles}${await this.get(roles)}`)) as Record<string, string>;
    const { AccessKeyId = '', SecretAccessKey = '', Token = '' } = answer;
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token };
  }
}

function urlOf(path: string): URL {
  return new URL(path, process.env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] ?? 'http://169.254.169.254');
}
