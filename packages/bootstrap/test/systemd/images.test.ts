import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Command } from '../../src/host/host.ts';
import { runAs } from '../../src/host/systemd/command.ts';
import { SquashfsImages } from '../../src/host/systemd/images.ts';
import { whyNoImages } from '../stand-ins/images.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'images-'));
});
afterEach(() => rm(directory, { recursive: true }));

test.skipIf(whyNoImages !== undefined)(
  'fault (instance): a file cannot be read while an image is made → there is no image, in place of one in which it is empty',
  async () => {
    const modules = join(directory, 'modules');
    await mkdir(modules);
    await writeFile(join(modules, 'openclaw.mjs'), 'export {};');
    await chmod(join(modules, 'openclaw.mjs'), 0o000);
    const images = new SquashfsImages((command) => runAs(undefined, refused(command)));
    const { signal } = new AbortController();
    await expect(images.make(modules, join(directory, 'image'), signal)).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
      message: expect.stringContaining('openclaw.mjs'),
    });
  },
);

/** A disk that does not give a file refuses root as well; this one refuses who may not read it. */
function refused({ file, args, ...rest }: Command): Command {
  const caps = '--bounding-set=-dac_override,-dac_read_search';
  return file === 'nice'
    ? { ...rest, file: 'setpriv', args: [caps, '--', file, ...args] }
    : { ...rest, file, args };
}
