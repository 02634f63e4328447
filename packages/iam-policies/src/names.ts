import { withoutTokens } from './token.ts';

type Writer = (name: string) => string;

/** Parameter Store, and the paths of IAM: the slash that the name begins with stands in the ARN already. */
const withoutSlash: Writer = (name) => name.replace(/^\/(?!\/)/, '');

/**
 * Secrets Manager puts a dash and six characters behind the name, which nobody knows beforehand. A pattern says what is to
 * follow, and of a token nothing is known.
 * {@link https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html}
 */
const withSuffix: Writer = (name) =>
  /[?*]/.test(name) || name === '' || withoutTokens(name) !== name ? name : `${name}-??????`;

/** Resource type and part → how a name is written in an ARN, where that is not as the service's own API has it. */
const writers: Readonly<Record<string, Writer>> = {
  // https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
  'ssm:parameter name': withoutSlash,
  'secretsmanager:Secret name': withSuffix,
  // https://docs.aws.amazon.com/kms/latest/developerguide/alias-about.html
  'kms:alias alias': (name) => name.replace(/^alias\//, ''),
};

/** As it stands in the ARN. A part that this package does not know to be written otherwise is as it was given. */
export function written(type: string, part: string, name: string): string {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-friendly-names
  const writer = part.endsWith('WithPath') ? withoutSlash : writers[`${type} ${part}`];
  return writer ? writer(name) : name;
}

/** Whether a path has a part without a name, as in `parameter//pod/spec`: no such resource can be. */
export function hasEmptyPart(type: string, part: string, name: string): boolean {
  const path = part.endsWith('WithPath') || type === 'ssm:parameter';
  return path && /^\/|\/\//.test(withoutTokens(name) === name ? name : '');
}
