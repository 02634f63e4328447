/**
 * AWS Secrets Manager.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html, API_PutSecretValue.html,
 * API_DescribeSecret.html; versions and their stages:
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
 * What a customer managed key demands of the caller:
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
 */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { systemClock, type Clock } from './clock.ts';
import { AwsFault } from './fault.ts';
import { jsonService } from './json-protocol.ts';
import { operation } from './operation.ts';
import { sealedFile } from './sealed-file.ts';
import type { AwsService, Permission } from './service.ts';

const current = 'AWSCURRENT';
const previous = 'AWSPREVIOUS';

const secretSchema = z.strictObject({
  name: z.string(),
  arn: z.string(),
  kmsKeyArn: z.string().optional(),
  created: z.number(),
  versions: z.array(
    z.strictObject({ id: z.string(), value: z.string(), stages: z.array(z.string()), created: z.number() }),
  ),
});
const storedSchema = z.array(secretSchema);
type Secret = z.output<typeof secretSchema>;

export interface SecretsManagerOptions {
  readonly region: string;
  /** File that holds all secrets, sealed with `key`. */
  readonly path: string;
  /** 32 bytes, see `keyFile`. */
  readonly key: Buffer;
  readonly clock?: Clock;
}

export interface SecretDefinition {
  readonly name: string;
  readonly arn: string;
  /** ARN of a customer managed key. Absent: the key `aws/secretsmanager`, which demands no permission. */
  readonly kmsKeyArn?: string;
  /** Value at creation; never replaces one that is there. */
  readonly initialValue?: string;
}

export interface SecretsManager {
  readonly service: AwsService;
  /** Creates the secret, or brings its definition up to date and keeps its versions. */
  define(secret: SecretDefinition): Promise<void>;
  /** @param id name or ARN @throws AwsFault ResourceNotFoundException */
  get(id: string, stage?: string): Promise<string>;
  /** Makes this value current, and the current one previous. @returns the new version id */
  put(id: string, value: string): Promise<string>;
}

export function secretsManager({
  region,
  path,
  key,
  clock = systemClock,
}: SecretsManagerOptions): SecretsManager {
  const file = sealedFile(path, 'secrets-manager', key, (value) => storedSchema.parse(value));
  const read = async () => (await file.read()) ?? [];
  let pending: Promise<unknown> = Promise.resolve();

  /** One change at a time, each on what is on disk: another process may set a value too. */
  function change<T>(apply: (secrets: Secret[]) => T): Promise<T> {
    const result = pending.then(async () => {
      const secrets = await read();
      const answer = apply(secrets);
      await file.write(secrets);
      return answer;
    });
    pending = result.catch(() => undefined);
    return result;
  }

  const permissionsOf = async (
    action: string,
    id: string,
    decrypts: readonly string[],
  ): Promise<Permission[]> => {
    const { arn, kmsKeyArn } = find(await read(), id);
    const context = { 'secretsmanager:SecretId': arn, 'aws:ResourceAccount': arn.split(':')[4] ?? '' };
    const kms = kmsKeyArn === undefined ? [] : decrypts;
    return [
      { action: `secretsmanager:${action}`, resource: arn, context },
      ...kms.map((kmsAction) => ({
        action: `kms:${kmsAction}`,
        resource: kmsKeyArn ?? '',
        context: {
          'kms:ViaService': `secretsmanager.${region}.amazonaws.com`,
          'kms:EncryptionContext:SecretARN': arn,
          'kms:CallerAccount': arn.split(':')[4] ?? '',
        },
      })),
    ];
  };

  const service = jsonService({
    signingName: 'secretsmanager',
    targetPrefix: 'secretsmanager',
    operations: {
      GetSecretValue: operation({
        input: z.object({
          SecretId: z.string(),
          VersionId: z.string().optional(),
          VersionStage: z.string().optional(),
        }),
        permissions: async ({ SecretId, VersionStage }) =>
          (await permissionsOf('GetSecretValue', SecretId, ['Decrypt'])).map((permission) => ({
            ...permission,
            context: { ...permission.context, 'secretsmanager:VersionStage': VersionStage ?? current },
          })),
        async run({ SecretId, VersionId, VersionStage }) {
          const secret = find(await read(), SecretId);
          const version = findVersion(
            secret,
            VersionId,
            VersionStage ?? (VersionId === undefined ? current : undefined),
          );
          return {
            ARN: secret.arn,
            Name: secret.name,
            VersionId: version.id,
            SecretString: version.value,
            VersionStages: version.stages,
            CreatedDate: new Date(version.created),
          };
        },
      }),
      PutSecretValue: operation({
        input: z.object({
          SecretId: z.string(),
          SecretString: z.string().min(1).max(65_536),
          ClientRequestToken: z.string().min(32).max(64).optional(),
          VersionStages: z.array(z.literal(current)).max(1).optional(),
        }),
        permissions: ({ SecretId }) =>
          permissionsOf('PutSecretValue', SecretId, ['GenerateDataKey', 'Decrypt']),
        run: ({ SecretId, SecretString, ClientRequestToken }) =>
          change((secrets) => {
            const secret = find(secrets, SecretId);
            const id = addVersion(secret, SecretString, ClientRequestToken ?? randomUUID(), clock.now());
            return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: [current] };
          }),
      }),
      DescribeSecret: operation({
        input: z.object({ SecretId: z.string() }),
        permissions: ({ SecretId }) => permissionsOf('DescribeSecret', SecretId, []),
        async run({ SecretId }) {
          const { arn, name, kmsKeyArn, created, versions } = find(await read(), SecretId);
          const staged = versions.filter(({ stages }) => stages.length > 0);
          return {
            ARN: arn,
            Name: name,
            KmsKeyId: kmsKeyArn,
            CreatedDate: new Date(created),
            LastChangedDate: new Date(versions.at(-1)?.created ?? created),
            VersionIdsToStages: Object.fromEntries(staged.map(({ id, stages }) => [id, stages])),
          };
        },
      }),
    },
  });

  return {
    service,
    async define({ name, arn, kmsKeyArn, initialValue }) {
      await change((secrets) => {
        const now = clock.now();
        let secret = secrets.find((candidate) => candidate.arn === arn);
        if (secret === undefined) {
          secret = { name, arn, created: now, versions: [] };
          secrets.push(secret);
        }
        secret.name = name;
        if (kmsKeyArn === undefined) delete secret.kmsKeyArn;
        else secret.kmsKeyArn = kmsKeyArn;
        if (initialValue !== undefined && secret.versions.length === 0)
          addVersion(secret, initialValue, randomUUID(), now);
      });
    },
    get: async (id, stage = current) => findVersion(find(await read(), id), undefined, stage).value,
    put: (id, value) => change((secrets) => addVersion(find(secrets, id), value, randomUUID(), clock.now())),
  };
}

function find(secrets: readonly Secret[], id: string): Secret {
  // A partial ARN leaves out the six random characters that end the full one.
  const found = secrets.find(
    ({ name, arn }) => id === name || id === arn || (id.startsWith('arn:') && id === arn.slice(0, -7)),
  );
  if (found === undefined) {
    throw new AwsFault('ResourceNotFoundException', 400, "Secrets Manager can't find the specified secret.");
  }
  return found;
}

function findVersion(
  secret: Secret,
  id: string | undefined,
  stage: string | undefined,
): Secret['versions'][number] {
  const found = secret.versions.find(
    (version) =>
      (id === undefined || version.id === id) && (stage === undefined || version.stages.includes(stage)),
  );
  if (found === undefined) {
    const wanted = stage === undefined ? `VersionId: ${id}` : `staging label: ${stage}`;
    throw new AwsFault(
      'ResourceNotFoundException',
      400,
      `Secrets Manager can't find the specified secret value for ${wanted}`,
    );
  }
  return found;
}

function addVersion(secret: Secret, value: string, id: string, now: number): string {
  const known = secret.versions.find((version) => version.id === id);
  if (known !== undefined) {
    // A repeated request is harmless; a version never changes its value.
    if (known.value === value) return id;
    throw new AwsFault(
      'ResourceExistsException',
      400,
      'A version with this ClientRequestToken and another value exists.',
    );
  }
  for (const version of secret.versions) {
    const wasCurrent = version.stages.includes(current);
    version.stages = version.stages.filter((stage) => stage !== current && stage !== previous);
    if (wasCurrent) version.stages.push(previous);
  }
  secret.versions = secret.versions.filter(({ stages }) => stages.length > 0);
  secret.versions.push({ id, value, stages: [current], created: now });
  return id;
}
