import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ProcessHost } from '../src/host/process/process-host.ts';
import type { Command } from '../src/host/host.ts';
import { copyState, forgetCopy, hasCopy, restoreState } from '../src/upgrade/cold-copy.ts';
import { ReleaseRecords } from '../src/upgrade/records.ts';
import { SmallDisk, whyNoDisk } from './stand-ins/small-disk.ts';

describe.skipIf(whyNoDisk !== undefined)('a cold copy', () => {
  test('fault (storage): the disk is full in the middle of the copy ahead of a switch → nothing of it is left, so that there is room to write down how the upgrade ended', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'cold-copy-'));
    const disk = new SmallDisk(join(directory, 'state'));
    const host = new ProcessHost({
      root: join(directory, 'root'),
      state: join(directory, 'state'),
      artifacts: join(directory, 'artifacts'),
    });
    try {
      await mkdir(host.layout.records, { recursive: true });
      await writeFile(join(host.layout.state, 'notes'), 'x'.repeat(2_000_000));
      disk.leave(100);
      await expect(copyState(host)).rejects.toThrow(/ENOSPC/);
      expect(await hasCopy(host)).toBe(false);
      const failed = { code: 'UPGRADE_NOT_POSSIBLE', message: 'no room', at: '2026-12-01T12:00:00.000Z' };
      await new ReleaseRecords(host).saveUpgrade({
        state: 'failed',
        from: 'a',
        to: 'b',
        spec: 'c',
        ...failed,
      });
      disk.grow();
      await copyState(host);
      expect(existsSync(join(host.layout.records, 'upgrade-copy/manifest.json'))).toBe(true);
    } finally {
      await host.close();
      disk.close();
      await rm(directory, { recursive: true, force: true });
    }
  });
});

/** Root may write everywhere; the gateway's user, whose program copies, may not. */
class AsGatewayUser extends ProcessHost {
  override run(command: Command): ReturnType<ProcessHost['run']> {
    if (process.getuid?.() !== 0) return super.run(command);
    const args = ['--bounding-set=-dac_override,-dac_read_search', command.file, ...command.args];
    return super.run({ ...command, file: 'setpriv', args });
  }
}

test.skipIf(process.platform !== 'linux')(
  'fault (instance): an agent has closed a directory of its state to itself → a roll-back brings the state back all the same, and leaves nothing behind',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'cold-copy-'));
    const [state, artifacts] = [join(directory, 'state'), join(directory, 'artifacts')];
    const host = new AsGatewayUser({ root: join(directory, 'root'), state, artifacts });
    const notes = join(state, 'skills/notes');
    const mode = async () => (await stat(join(state, 'skills'))).mode & 0o777;
    try {
      await mkdir(host.layout.records, { recursive: true });
      await mkdir(join(state, 'skills'));
      await writeFile(notes, 'of before');
      await chmod(join(state, 'skills'), 0o555);
      await copyState(host);
      await writeFile(notes, 'of the new release');
      expect(await restoreState(host)).toMatchObject({ hadCopy: true, aside: expect.any(String) });
      expect(await readFile(notes, 'utf8')).toBe('of before');
      expect(await mode()).toBe(0o555);
      await copyState(host);
      await forgetCopy(host);
      expect(await hasCopy(host)).toBe(false);
    } finally {
      await host.close();
      await rm(directory, { recursive: true, force: true });
    }
  },
);

describe('a roll-back of the state', () => {
  let directory: string;
  let host: ProcessHost;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cold-copy-'));
    const [state, artifacts] = [join(directory, 'state'), join(directory, 'artifacts')];
    host = new ProcessHost({ root: join(directory, 'root'), state, artifacts });
    await mkdir(host.layout.records, { recursive: true });
    await writeFile(join(state, 'notes'), 'of before');
    for (const name of ['workspace', 'workspace-ops']) {
      await mkdir(join(state, name));
      await writeFile(join(state, name, 'BOOTSTRAP.md'), 'read me');
    }
    await copyState(host);
    await writeFile(join(state, 'notes'), 'of the new release');
  });
  afterEach(async () => {
    await host.close();
    await rm(directory, { recursive: true, force: true });
  });

  test('fault (instance): somebody has removed a workspace since the switch, or put a file in its place → the state is back, and what could not be put back is said', async () => {
    const { state } = host.layout;
    await rm(join(state, 'workspace-ops'), { recursive: true });
    await rm(join(state, 'workspace'), { recursive: true });
    await writeFile(join(state, 'workspace'), 'a file');
    const { hadCopy, notBack } = await restoreState(host);
    expect([hadCopy, notBack]).toEqual([
      true,
      ['workspace/BOOTSTRAP.md: ENOTDIR', 'workspace-ops: it is gone'],
    ]);
    expect(await readFile(join(state, 'notes'), 'utf8')).toBe('of before');
  });

  test('fault (kill): a killed run has left a program that still copies → it harms no copy of the run after it', async () => {
    const { state, records } = host.layout;
    // What the killed one had made by then, and what it removes because it cannot go on.
    await mkdir(join(records, 'upgrade-copy', 'state'), { recursive: true });
    const both = await Promise.allSettled([copyState(host), copyState(host)]);
    expect(both.some(({ status }) => status === 'fulfilled')).toBe(true);
    await writeFile(join(state, 'notes'), 'of yet another');
    expect((await restoreState(host)).hadCopy).toBe(true);
    expect(await readFile(join(state, 'notes'), 'utf8')).toBe('of the new release');
  });
});
