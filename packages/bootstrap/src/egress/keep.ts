import { readIfPresent } from '../config/files.ts';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { placeFile } from '../host/systemd/place-file.ts';
import { egressProgram } from './bundled.ts';
import { egressProgramFile, egressUnit, egressUnitName } from './unit.ts';

/** @param names undefined: nobody needs the proxy */
export async function egressChanges(host: Host, names: readonly string[] | undefined): Promise<string[]> {
  const { status } = await host.units.state(egressUnitName);
  if (names === undefined)
    return status === 'absent' || status === 'inactive' ? [] : [`stop ${egressUnitName}`];
  const fresh =
    (await readIfPresent(egressProgramFile)) === egressProgram() &&
    (await host.units.matches(egressUnit(host, names)));
  const changes = fresh ? [] : [`install the unit ${egressUnitName}`];
  return status === 'active' && fresh ? [] : [...changes, `start ${egressUnitName}`];
}

/**
 * Starts the proxy, or ends it.
 * @returns what was changed
 * @throws BootstrapError `HOST_UNSUPPORTED` where the sources of the bootstrap run as they are
 */
export async function keepEgress(host: Host, names: readonly string[] | undefined): Promise<string[]> {
  const changes = await egressChanges(host, names);
  if (changes.length === 0) return changes;
  await host.units.stop(egressUnitName);
  if (names === undefined) return changes;
  const text = egressProgram();
  if (text === undefined)
    throw new BootstrapError('HOST_UNSUPPORTED', 'Only the bundled bootstrap holds network.egress.');
  await placeFile(egressProgramFile, text, 0o644);
  await host.units.install(egressUnit(host, names));
  await host.units.setSecretEnvironment(egressUnitName, {});
  await host.units.start(egressUnitName);
  return changes;
}
