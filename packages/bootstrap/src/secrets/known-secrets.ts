import { credentialsIn } from '@clawharbor/config-merge/openclaw';
import { readLive } from '../config/live-config.ts';
import type { Host } from '../host/host.ts';

type Texts = Readonly<Record<string, string>>;

/**
 * What must not be shown of a pod: its secret variables, and the credentials that people wrote into its config in clear.
 * @param variables of the gateway
 * @returns by name, or by path of the config
 */
export async function knownSecrets(host: Host, variables: Texts): Promise<Texts> {
  // One that cannot be read now is no reason to hide what a gateway said of it, which may be why it cannot.
  const { live } = await readLive(host).catch(() => ({ live: undefined }));
  return { ...clearCredentials(live?.joined.value ?? {}), ...variables };
}

/** Credentials in clear of a config, by their path. */
export function clearCredentials(config: unknown): Texts {
  return Object.fromEntries(
    [...credentialsIn(config)].map((path) => [
      path.join('.'),
      String(path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)[key], config)),
    ]),
  );
}
