import { randomBytes } from 'node:crypto';
import { oneTry, type Patience } from '../aws/patience.ts';
import { readSecret } from '../aws/secret.ts';
import type { Host } from '../host/host.ts';
import { gatewayUnitName } from '../openclaw/gateway-unit.ts';
import type { PodSpec } from '../spec/pod-spec.ts';

/** For calls of the CLI on the host itself; a gateway refuses it from anywhere but loopback. */
const localPassword = 'OPENCLAW_GATEWAY_PASSWORD';

/** The secret variables of the gateway: the pod's secret, and a local password made once per boot. Read once. */
export function secretEnvironmentOf(
  spec: PodSpec,
  host: Host,
  patience: Patience = oneTry,
): () => Promise<Readonly<Record<string, string>>> {
  let reading: Promise<Readonly<Record<string, string>>> | undefined;
  return () => (reading ??= read(spec, host, patience));
}

async function read(
  spec: PodSpec,
  host: Host,
  patience: Patience,
): Promise<Readonly<Record<string, string>>> {
  const variables = spec.secret ? (await readSecret(spec.secret.arn, spec.region, patience)).variables : {};
  return await gatewaySecrets(host, variables);
}

/** What the gateway gets of the pod's secret, and its local password: the one that it has, or a new one. */
export async function gatewaySecrets(
  host: Host,
  variables: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  // The template creates the secret with empty values: a key that is not there yet is no key.
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const known = (await host.units.secretEnvironment(gatewayUnitName))[localPassword];
  return { ...given, [localPassword]: known ?? randomBytes(32).toString('base64url') };
}
