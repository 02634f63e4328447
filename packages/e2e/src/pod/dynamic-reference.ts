import { PodError } from './errors.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html */
const reference =
  /^\{\{resolve:secretsmanager:(arn:[^:]+:secretsmanager:[^:]+:\d+:secret:([^:]+?)(?:-[A-Za-z0-9]{6})?):SecretString:::\}\}$/;

/**
 * A value of a template as CloudFormation would have it when it deploys. What lies in Secrets Manager beside the pod no stand-in has:
 * it comes from the environment, under the name of the secret.
 * @throws PodError `SECRET_UNKNOWN`
 */
export function withoutReferences(value: unknown, environment: NodeJS.ProcessEnv): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutReferences(item, environment));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, withoutReferences(item, environment)]),
    );
  }
  const [, arn, name] = (typeof value === 'string' && reference.exec(value)) || [];
  if (arn === undefined || name === undefined) return value;
  const variable = `CLAWHARBOR_SECRET_${name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')}`;
  const secret = environment[variable];
  if (secret !== undefined && secret !== '') return secret;
  throw new PodError(
    'SECRET_UNKNOWN',
    `the template refers to ${arn}, which is not on this machine: give its value in the variable ${variable}`,
  );
}
