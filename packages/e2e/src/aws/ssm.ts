/**
 * Systems Manager Parameter Store.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html and API_PutParameter.html
 * ARNs and permissions: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
 */
import * as z from 'zod';
import { systemClock, type Clock } from './clock.ts';
import { AwsFault } from './fault.ts';
import { jsonService } from './json-protocol.ts';
import { operation } from './operation.ts';
import type { AwsService } from './service.ts';
import { stateFile } from './state-file.ts';

const storedSchema = z.record(
  z.string(),
  z.array(
    z.strictObject({ type: z.enum(['String', 'StringList']), value: z.string(), modified: z.number() }),
  ),
);

export interface ParameterStoreOptions {
  readonly region: string;
  readonly account: string;
  /** File that holds every version of every parameter. */
  readonly path: string;
  readonly clock?: Clock;
}

export interface Parameter {
  readonly Name: string;
  readonly Type: 'String' | 'StringList';
  readonly Value: string;
  readonly Version: number;
  readonly LastModifiedDate: Date;
  readonly ARN: string;
  readonly DataType: 'text';
}

export interface ParameterStore {
  readonly service: AwsService;
  /** @param selector name or ARN, with `:VERSION` or without @throws AwsFault ParameterNotFound, ParameterVersionNotFound */
  get(selector: string): Promise<Parameter>;
  /** Adds a version, unless the latest one has this very value already. @returns the version that now holds it */
  set(name: string, value: string): Promise<number>;
}

export function parameterStore({
  region,
  account,
  path,
  clock = systemClock,
}: ParameterStoreOptions): ParameterStore {
  const file = stateFile(path, (value) => storedSchema.parse(value));
  const arnPrefix = `arn:aws:ssm:${region}:${account}:parameter`;
  const arnOf = (name: string) => `${arnPrefix}${name.startsWith('/') ? '' : '/'}${name}`;
  let pending: Promise<unknown> = Promise.resolve();

  /** One change at a time, so that none is lost. */
  function exclusively<T>(change: () => Promise<T>): Promise<T> {
    const result = pending.then(change);
    pending = result.catch(() => undefined);
    return result;
  }

  async function get(selector: string): Promise<Parameter> {
    const { name, version } = parseSelector(selector, arnPrefix);
    const stored = await file.read();
    // The ARN of `name` and of `/name` is the same one, so a selector by ARN may mean either.
    const found = [name, ...(selector.startsWith('arn:') ? [name.slice(1)] : [])].find(
      (candidate) => stored?.[candidate] !== undefined,
    );
    const versions = found === undefined ? undefined : stored?.[found];
    if (found === undefined || versions === undefined) {
      throw new AwsFault('ParameterNotFound', 400, `Parameter ${name} not found.`);
    }
    const number = version ?? versions.length;
    const chosen = versions[number - 1];
    if (chosen === undefined) {
      throw new AwsFault(
        'ParameterVersionNotFound',
        400,
        `Systems Manager could not find version ${number} of ${found}. Verify the version and try again.`,
      );
    }
    return {
      Name: found,
      Type: chosen.type,
      Value: chosen.value,
      Version: number,
      LastModifiedDate: new Date(chosen.modified),
      ARN: arnOf(found),
      DataType: 'text',
    };
  }

  const put = (name: string, value: string, type: 'String' | 'StringList', overwrite: boolean) =>
    exclusively(async () => {
      const stored = (await file.read()) ?? {};
      const versions = stored[name] ?? [];
      if (versions.length > 0 && !overwrite) {
        throw new AwsFault(
          'ParameterAlreadyExists',
          400,
          'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
        );
      }
      await file.write({ ...stored, [name]: [...versions, { type, value, modified: clock.now() }] });
      return versions.length + 1;
    });

  const service = jsonService({
    signingName: 'ssm',
    targetPrefix: 'AmazonSSM',
    operations: {
      GetParameter: operation({
        input: z.object({ Name: z.string().min(1).max(2048), WithDecryption: z.boolean().optional() }),
        permissions: ({ Name }) => [
          { action: 'ssm:GetParameter', resource: arnOf(parseSelector(Name, arnPrefix).name) },
        ],
        run: async ({ Name }) => ({ Parameter: await get(Name) }),
      }),
      PutParameter: operation({
        input: z.object({
          Name: z.string().regex(/^\/?[\w.-]+(\/[\w.-]+)*$/),
          Value: z.string().min(1).max(8192),
          Type: z.enum(['String', 'StringList', 'SecureString']).default('String'),
          Overwrite: z.boolean().default(false),
          Tier: z.enum(['Standard', 'Advanced', 'Intelligent-Tiering']).optional(),
        }),
        permissions: ({ Name }) => [{ action: 'ssm:PutParameter', resource: arnOf(Name) }],
        async run({ Name, Value, Type, Overwrite, Tier }) {
          if (Type === 'SecureString') {
            throw new AwsFault(
              'UnsupportedParameterType',
              400,
              'The stand-in keeps no SecureString parameters.',
            );
          }
          if (Value.length > 4096 && (Tier ?? 'Standard') === 'Standard') {
            throw new AwsFault(
              'ValidationException',
              400,
              'Standard tier parameters support a maximum parameter value of 4096 characters.',
            );
          }
          return { Version: await put(Name, Value, Type, Overwrite), Tier: Tier ?? 'Standard' };
        },
      }),
    },
  });

  return {
    service,
    get,
    async set(name, value) {
      const versions = (await file.read())?.[name];
      return versions?.at(-1)?.value === value ? versions.length : put(name, value, 'String', true);
    },
  };
}

function parseSelector(selector: string, arnPrefix: string): { name: string; version: number | undefined } {
  const bare = selector.startsWith(`${arnPrefix}/`) ? selector.slice(arnPrefix.length) : selector;
  const [, name = bare, version] = /^(.+?)(?::(\d+))?$/.exec(bare) ?? [];
  return { name, version: version === undefined ? undefined : Number(version) };
}
