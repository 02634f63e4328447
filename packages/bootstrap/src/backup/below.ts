import { isAbsolute, relative, sep } from 'node:path';

/** Whether a path lies in a directory, by its name alone: links are not looked at. */
export function isBelow(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
