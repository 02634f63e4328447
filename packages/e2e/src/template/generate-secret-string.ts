/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html */
import { randomInt } from 'node:crypto';
import * as z from 'zod';
import { StandInError } from '../errors.ts';

const flag = z.stringbool().or(z.boolean());

const schema = z.strictObject({
  ExcludeCharacters: z.string().default(''),
  ExcludeLowercase: flag.default(false),
  ExcludeNumbers: flag.default(false),
  ExcludePunctuation: flag.default(false),
  ExcludeUppercase: flag.default(false),
  GenerateStringKey: z.string().optional(),
  IncludeSpace: flag.default(false),
  PasswordLength: z.coerce.number().int().min(1).max(4096).default(32),
  RequireEachIncludedType: flag.default(true),
  SecretStringTemplate: z.string().optional(),
});

/** @throws StandInError TEMPLATE_INVALID */
export function generateSecretString(properties: unknown, logicalId: string): string {
  const parsed = schema.safeParse(properties);
  if (!parsed.success) {
    throw new StandInError(
      'TEMPLATE_INVALID',
      `GenerateSecretString of ${logicalId}:\n${z.prettifyError(parsed.error)}`,
    );
  }
  const options = parsed.data;
  const included = [
    options.ExcludeLowercase ? '' : 'abcdefghijklmnopqrstuvwxyz',
    options.ExcludeUppercase ? '' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    options.ExcludeNumbers ? '' : '0123456789',
    options.ExcludePunctuation ? '' : '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
    options.IncludeSpace ? ' ' : '',
  ]
    .map((characters) =>
      Array.from(characters).filter((character) => !options.ExcludeCharacters.includes(character)),
    )
    .filter((characters) => characters.length > 0);
  const required = options.RequireEachIncludedType ? included : [];
  if (included.length === 0 || required.length > options.PasswordLength) {
    throw new StandInError(
      'TEMPLATE_INVALID',
      `GenerateSecretString of ${logicalId}: no password has this form.`,
    );
  }
  const pick = (characters: readonly string[]) => characters[randomInt(characters.length)] ?? '';
  const rest = Array.from({ length: options.PasswordLength - required.length }, () => pick(included.flat()));
  const password = shuffled([...required.map(pick), ...rest]).join('');
  if (options.GenerateStringKey === undefined) return password;
  const template = z.record(z.string(), z.unknown()).parse(JSON.parse(options.SecretStringTemplate ?? '{}'));
  return JSON.stringify({ ...template, [options.GenerateStringKey]: password });
}

function shuffled(items: readonly string[]): string[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [result[last], result[other]] = [result[other] ?? '', result[last] ?? ''];
  }
  return result;
}
