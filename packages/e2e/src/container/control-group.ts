import { access, mkdir, readFile, rmdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A control group for one container. Without it two containers would share one, and each systemd would end the
 * other's services. Where the machine itself runs systemd, nspawn asks it for a scope instead.
 */
export async function controlGroups(name: string): Promise<string[]> {
  if (await runsSystemd()) return [];
  const mounts = (await readFile('/proc/mounts', 'utf8')).split('\n').map((line) => line.split(' '));
  const hierarchies = mounts
    .filter(
      ([, , type, options]) => type === 'cgroup2' || (type === 'cgroup' && options?.includes('name=systemd')),
    )
    .map(([, at = '']) => at);
  const groups = hierarchies.map((hierarchy) => join(hierarchy, `clawharbor-${name}`));
  for (const group of groups) await mkdir(group, { recursive: true });
  return groups;
}

export function runsSystemd(): Promise<boolean> {
  return access('/run/systemd/system').then(
    () => true,
    () => false,
  );
}

/** Control groups go from the leaves; rmdir is all the kernel takes. */
export async function removeControlGroup(group: string): Promise<void> {
  const entries = await readdir(group, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeControlGroup(join(group, entry.name));
  await rmdir(group).catch(() => {});
}
