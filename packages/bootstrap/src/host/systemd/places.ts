import { join } from 'node:path';
import type { Place } from '../unit.ts';
import { plainPath } from './quoting.ts';
import { sections, serviceOf } from './unit-file.ts';

/** Beside the unit's own file, because it says what a unit finds and not what it is. */
export function placesFileOf(name: string): string {
  return join('/etc/systemd/system', `${serviceOf(name)}.d`, 'clawharbor-places.conf');
}

/** https://www.freedesktop.org/software/systemd/man/252/systemd.exec.html#BindPaths= */
export function renderPlaces(places: readonly Place[]): string {
  return sections({
    Service: places.map(({ directory, at }) => [
      'BindPaths',
      `${plainPath(directory, 'place')}:${plainPath(at, 'place')}`,
    ]),
  });
}
