import {
  openclawPolicy,
  unknownModels,
  withoutUserOwned,
  withOwners,
  type ChosenOwners,
} from '@clawharbor/config-merge';
import { InfraError } from './errors.ts';

/** What people decide cannot be set here as well: the instance would leave it out. @throws InfraError `OWNER_REFUSED` */
export function refuseUserOwned(config: object, owners: ChosenOwners): void {
  const { leftOut } = withoutUserOwned(config, withOwners(openclawPolicy, owners));
  if (leftOut.length === 0) return;
  throw new InfraError(
    'OWNER_REFUSED',
    `openclaw.owners: the pod sets ${leftOut.join(', ')}, which belongs to people by these owners. Leave it out of ` +
      'openclaw.config; where the pod decides it itself, choose followed (people may change it) or seeded (a first value).',
  );
}

/**
 * OpenClaw would answer with another model than the one that is named.
 * https://docs.openclaw.ai/gateway/config-agents/models
 *
 * @throws InfraError `MODEL_NOT_IN_PROVIDER`
 */
export function refuseUnknownModels(config: object): void {
  const unknown = unknownModels(config);
  if (unknown.length === 0) return;
  const places = unknown.map(({ path, model }) => `${path} names ${model}`).join(', ');
  throw new InfraError(
    'MODEL_NOT_IN_PROVIDER',
    `openclaw.config: ${places}, which the provider does not list. Add it to models of that provider, or name another.`,
  );
}
