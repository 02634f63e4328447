import { ConfigMergeError, explain, mergeConfig, openclawPolicy, redacted } from '@clawharbor/config-merge';
import { holdsCredential, isSecretRef } from './credential.ts';
import { InfraError } from './error.ts';
import { formatPath } from './options/refusal.ts';

type Config = Readonly<Record<string, unknown>>;

/**
 * The desired config of a pod with what its owner adds. Arrays count as one value.
 *
 * @param decided what the pod decides
 * @throws InfraError `OPENCLAW_KEY_MANAGED` for a key that the pod decides, or nobody but people and OpenClaw;
 * `CREDENTIAL_IN_CONFIG` for a credential in clear text; `PROPS_INVALID` for what cannot be merged
 */
export function withExtra(decided: Config, extra: Config): Record<string, unknown> {
  refuseByPolicy(extra);
  return beside(decided, extra, []);
}

/** The policy is that of the instance: what it calls exclusive is a way in, set by the pod or by nobody. */
function refuseByPolicy(extra: Config): void {
  const result = mergedAlone(extra);
  for (const [path, value] of leaves(extra, [])) {
    const { owner, value: shown } = explain(result, quoted(path));
    if (owner === 'exclusive') throw managed(path);
    if (holdsCredential(path.at(-1) ?? '', value, shown === redacted)) {
      throw new InfraError(
        'CREDENTIAL_IN_CONFIG',
        `openclaw.config.${formatPath(path)}: a credential in clear text would rest in the template and in Parameter ` +
          'Store. Put it into the secret of the pod, under a name in capital letters, and write "${NAME}" here.',
      );
    }
  }
}

function mergedAlone(extra: Config) {
  try {
    return mergeConfig({ desired: extra, policy: openclawPolicy });
  } catch (cause) {
    if (!(cause instanceof ConfigMergeError)) throw cause;
    const code = cause.code === 'DESIRED_USER_OWNED' ? 'OPENCLAW_KEY_MANAGED' : 'PROPS_INVALID';
    throw new InfraError(code, `openclaw.config: ${cause.message}`, { cause });
  }
}

/** What has no keys of its own to look into. */
function* leaves(config: Config, path: readonly string[]): Generator<readonly [string[], unknown]> {
  for (const [key, value] of Object.entries(config)) {
    const here = [...path, key];
    if (isObject(value) && Object.keys(value).length > 0 && !isSecretRef(value)) yield* leaves(value, here);
    else yield [here, value];
  }
}

/** A path as config-merge reads it, whatever the keys are. */
function quoted(path: readonly string[]): string {
  return path.map((key) => `[${JSON.stringify(key)}]`).join('');
}

function beside(decided: Config, extra: Config, path: readonly string[]): Record<string, unknown> {
  const result: Record<string, unknown> = { ...decided };
  for (const [key, value] of Object.entries(extra)) {
    const mine = decided[key];
    const here = [...path, key];
    if (!Object.hasOwn(decided, key)) {
      result[key] = value;
    } else if (isObject(mine) && isObject(value)) {
      result[key] = beside(mine, value, here);
    } else {
      throw managed(here);
    }
  }
  return result;
}

function managed(path: readonly string[]): InfraError {
  return new InfraError(
    'OPENCLAW_KEY_MANAGED',
    `openclaw.config.${formatPath(path)}: the pod decides this key. Leave it out; use the other props of the pod.`,
  );
}

function isObject(value: unknown): value is Config {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
