import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { corrections } from '../generator/corrections.ts';
import { dataVersion, globalKeys, readService } from '../generator/data.ts';
import { generate, generatedServices } from '../generator/generate.ts';

const catalogue = fileURLToPath(new URL('../src/catalogue/', import.meta.url));
const services = await generatedServices();

describe('the catalogue', () => {
  it('is what the generator makes of the data: if not, run npx projen iam:generate', async () => {
    for (const [file, source] of await generate(services)) {
      expect(await readFile(catalogue + file, 'utf8')).toBe(source);
    }
  });

  it('has the services of the pod', () => {
    expect(services).toEqual(
      expect.arrayContaining([
        'autoscaling',
        'aws-marketplace',
        'backup',
        'bedrock',
        'cloudwatch',
        'cognito-idp',
        'ec2',
        'ec2messages',
        'elasticfilesystem',
        'iam',
        'kms',
        'logs',
        's3',
        'secretsmanager',
        'sns',
        'ssm',
        'ssmmessages',
      ]),
    );
  });

  it('says which data it comes from', async () => {
    expect(await readFile(`${catalogue}bedrock.ts`, 'utf8')).toContain(`Data: ${await dataVersion()}.`);
  });

  it('generates any other service on demand', async () => {
    const files = await generate(['dynamodb', 'lambda']);
    expect(files.get('dynamodb.ts')).toContain(
      "export const GetItem = 'dynamodb:GetItem' as DynamodbAction<",
    );
    // `function` is a word of the language.
    expect(files.get('lambda.ts')).toContain('export function functionResource(');
  });

  it('has no correction of something that is no longer there', async () => {
    const data = await Promise.all(services.map(readService));
    const actions = data.flatMap(({ prefix, actions: all }) => all.map(({ name }) => `${prefix}:${name}`));
    const placeholders = data.flatMap(({ prefix, resourceTypes }) =>
      resourceTypes.flatMap(({ name, arn }) =>
        (arn.match(/(?<=\$\{)\w+(?=\})/g) ?? []).map((part) => `${prefix}:${name} ${part}`),
      ),
    );
    const corrected = [corrections.parameters, corrections.optional].flatMap((table) =>
      Object.entries(table).flatMap(([type, parts]) => Object.keys(parts).map((part) => `${type} ${part}`)),
    );
    expect(actions).toEqual(expect.arrayContaining([...corrections.acceptsAllToo]));
    expect(actions).toEqual(expect.arrayContaining(Object.keys(corrections.conditionKeys)));
    expect(placeholders).toEqual(expect.arrayContaining(corrected));
  });

  it('refuses a service that does not exist', async () => {
    await expect(generate(['dynamo'])).rejects.toThrow(/no service with the prefix dynamo/);
  });

  it('leaves keys that depend on the request or the resource to the services', () => {
    expect([...globalKeys().keys()]).not.toContain('aws:TagKeys');
    expect(globalKeys().get('aws:SecureTransport')).toBe('Bool');
  });
});

describe.each(services)('%s', (prefix) => {
  it('has every action, under its name', async () => {
    const { actions } = await readService(prefix);
    const exports = await exportsOf(prefix);
    const strings = Object.entries(exports).filter(([, value]) => typeof value === 'string');
    expect(Object.fromEntries(strings)).toEqual(
      Object.fromEntries(actions.map(({ name }) => [name, `${prefix}:${name}`])),
    );
  });

  it('makes the ARN of every resource type as the reference writes it, and takes it back', async () => {
    const { resourceTypes } = await readService(prefix);
    const builders = Object.values(await exportsOf(prefix)).filter((value) => typeof value !== 'string');
    expect(builders).toHaveLength(resourceTypes.length);
    // Every placeholder becomes a pattern, which stays as it is: whatever the parameter is called, the ARN must come out the same.
    const placeholders = resourceTypes.flatMap(({ arn }) => arn.match(/(?<=\$\{)\w+(?=\})/g) ?? []);
    const parameters = [
      ...placeholders.map((name) => name.charAt(0).toLowerCase() + name.slice(1)),
      ...Object.values(corrections.parameters).flatMap((renamed) => Object.values(renamed)),
    ];
    const parts = {
      ...Object.fromEntries(parameters.map((name) => [name, 'x*'])),
      partition: 'aws',
      region: 'eu-central-1',
      account: '111122223333',
    };
    const expected = resourceTypes.map(({ arn }) =>
      arn
        .replace('${Partition}', 'aws')
        .replace('${Region}', 'eu-central-1')
        .replace('${Account}', '111122223333')
        .replaceAll(/\$\{\w+\}/g, 'x*'),
    );
    const made = builders.map((builder) => builder(parts));
    expect(made.toSorted()).toEqual(expected.toSorted());
    for (const [index, builder] of builders.entries()) {
      expect(builder(made[index]!)).toBe(made[index]);
      expect(() => builder('arn:aws:nowhere:::thing')).toThrow(
        expect.objectContaining({ code: 'ARN_MALFORMED' }),
      );
    }
  });
});

type Builder = (of: string | Record<string, string>) => string;

async function exportsOf(prefix: string): Promise<Record<string, string | Builder>> {
  const module: Record<string, string | Builder> = await import(`../src/catalogue/${prefix}.ts`);
  return { ...module };
}
