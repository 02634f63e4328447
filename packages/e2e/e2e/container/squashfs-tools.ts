import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execute, succeed, type SystemdContainer } from '../../src/container/index.ts';

/** Why no container makes and mounts images here; undefined where one does. */
export async function whyNoImages(): Promise<string | undefined> {
  const found = await execute('sh', ['-c', 'command -v mksquashfs && test -c /dev/loop-control']);
  return found.exitCode === 0 ? undefined : 'an image takes squashfs-tools and loop devices';
}

/** What dnf brings to an instance, from this machine: with its libraries, because the container may have others. */
export async function putSquashfsTools({ root }: SystemdContainer): Promise<void> {
  const at = '/opt/squashfs-tools';
  const program = (await succeed('sh', ['-c', 'command -v mksquashfs'])).trim();
  const libraries = [...(await succeed('ldd', [program])).matchAll(/(\/\S+) \(0x/g)].map(
    ([, file = '']) => file,
  );
  await mkdir(join(root, at), { recursive: true });
  for (const file of [program, ...libraries]) await copyFile(file, join(root, at, basename(file)));
  const loader = libraries.map((file) => basename(file)).find((name) => name.startsWith('ld-'));
  const command = `${at}/${loader} --library-path ${at} ${at}/${basename(program)} "$@"`;
  await writeFile(join(root, 'usr/bin/mksquashfs'), `#!/bin/sh\nexec ${command}\n`, { mode: 0o755 });
}
