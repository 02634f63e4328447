import type { OpenClawVersion } from '@clawharbor/bootstrap/spec';
import { deepmergeCustom, type DeepMergeFunctionsURIs } from 'deepmerge-ts';
import { extraFaults, formFaults, managed } from './extra-faults.ts';
import { InfraError } from './errors.ts';
import { formatPath, type Refusal } from './options/refusal.ts';

type Config = Readonly<Record<string, unknown>>;

/**
 * The desired config of a pod with what its owner adds. Arrays count as one value.
 *
 * @param decided what the pod decides
 * @param release of OpenClaw that is to run. Default: the newest
 * @throws InfraError `OPENCLAW_KEY_MANAGED` for a key that the pod decides, or nobody but people and OpenClaw;
 * `CREDENTIAL_IN_CONFIG` for a credential in clear text; `OPENCLAW_CONFIG_INVALID` for what OpenClaw's schema does not
 * have; `PROPS_INVALID` for what cannot be merged
 */
export function withExtra(
  decided: Config,
  extra: Config,
  release?: OpenClawVersion,
): Record<string, unknown> {
  refuse(extraFaults(extra, release));
  const config = beside(decided, extra) as Record<string, unknown>;
  refuse(formFaults(config, release && { release }));
  return config;
}

/**
 * Refuses what the owner of a pod sets, for all agents or for one, where the pod decides it on the instance.
 * @throws InfraError `OPENCLAW_KEY_MANAGED`
 */
export function refuseDecided(decided: Config, extra: Config): void {
  beside(decided, extra);
  const { agents } = extra as { readonly agents?: { readonly entries?: Readonly<Record<string, Config>> } };
  for (const [id, { tools = {} }] of Object.entries(agents?.entries ?? {})) {
    const at = (config: Config): Config => ({ agents: { entries: { [id]: { tools: config } } } });
    beside(at((decided['tools'] ?? {}) as Config), at(tools as Config));
  }
}

/** What both sides have stops the merge, unless both have an object. */
function conflict(values: readonly unknown[], _: unknown, path: readonly PropertyKey[] = []): unknown {
  if (values.length > 1) throw new InfraError('OPENCLAW_KEY_MANAGED', told(managed(path)));
  return values[0];
}

const beside = deepmergeCustom<unknown, DeepMergeFunctionsURIs, readonly PropertyKey[]>({
  metaDataUpdater: (path = [], { key }) => (key === undefined ? path : [...path, key as PropertyKey]),
  mergeArrays: conflict,
  mergeOthers: conflict,
});

/** @throws InfraError with the code of the first; the message names all that have the same code */
function refuse(faults: readonly Refusal[]): void {
  const [first] = faults;
  if (first === undefined) return;
  const alike = faults.filter(({ code }) => code === first.code);
  throw new InfraError(first.code, alike.map(told).join('\n'));
}

function told({ path, message }: Pick<Refusal, 'path' | 'message'>): string {
  return `openclaw.config${path.length === 0 ? '' : '.'}${formatPath(path)}: ${message}`;
}
