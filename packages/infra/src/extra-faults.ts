import type { OpenClawVersion } from '@clawharbor/bootstrap/spec';
import { ConfigMergeError, explain, mergeConfig, openclawPolicy } from '@clawharbor/config-merge';
import { checkOpenClawConfig, credentialsIn, type CheckOptions } from '@clawharbor/config-merge/openclaw';
import { Token } from 'aws-cdk-lib';
import type { Refusal } from './options/refusal.ts';

type Config = Readonly<Record<string, unknown>>;

/**
 * What is wrong with the config that the owner of a pod adds, whatever the pod decides beside it.
 *
 * @param release of OpenClaw that is to run. Default: the newest
 */
export function extraFaults(extra: Config, release?: OpenClawVersion): Refusal[] {
  const refused = policyFaults(extra);
  if (refused.length > 0) return refused;
  const credentials = [...credentialsIn(extra, release)].map((path): Refusal => ({
    code: 'CREDENTIAL_IN_CONFIG',
    path,
    message:
      'a credential in clear text would rest in the template and in Parameter Store. Put it into the secret of the ' +
      'pod, under a name in capital letters, and write "${NAME}" here.',
  }));
  return [...credentials, ...formFaults(extra, { partial: true, ...(release && { release }) })];
}

/**
 * What OpenClaw would refuse.
 *
 * @param options `partial` if what is missing comes from elsewhere; `release`, by default the newest
 */
export function formFaults(
  config: Config,
  options: Pick<CheckOptions, 'partial' | 'release'> = {},
): Refusal[] {
  const isUnresolved = (value: unknown) => Token.isUnresolved(value);
  return checkOpenClawConfig(config, { ...options, isUnresolved }).map(({ path, reason }) => ({
    code: 'OPENCLAW_CONFIG_INVALID',
    path,
    message: reason,
  }));
}

/** The policy is that of the instance: what it calls exclusive is a way in, set by the pod or by nobody. */
function policyFaults(extra: Config): Refusal[] {
  try {
    const result = mergeConfig({ desired: extra, policy: openclawPolicy });
    return [...leaves(extra, [])].flatMap((path) => {
      return explain(result, quoted(path)).owner === 'exclusive' ? [managed(path)] : [];
    });
  } catch (cause) {
    if (!(cause instanceof ConfigMergeError)) throw cause;
    const code = cause.code === 'DESIRED_USER_OWNED' ? 'OPENCLAW_KEY_MANAGED' : 'PROPS_INVALID';
    return [{ code, path: [], message: cause.message }];
  }
}

export function managed(path: readonly PropertyKey[]): Refusal {
  const message = 'the pod decides this key. Leave it out; use the other props of the pod.';
  return { code: 'OPENCLAW_KEY_MANAGED', path, message };
}

/** What has no keys of its own to look into. */
function* leaves(config: Config, path: readonly string[]): Generator<string[]> {
  for (const [key, value] of Object.entries(config)) {
    const here = [...path, key];
    if (isObject(value) && Object.keys(value).length > 0) yield* leaves(value, here);
    else yield here;
  }
}

/** A path as config-merge reads it, whatever the keys are. */
function quoted(path: readonly string[]): string {
  return path.map((key) => `[${JSON.stringify(key)}]`).join('');
}

function isObject(value: unknown): value is Config {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
