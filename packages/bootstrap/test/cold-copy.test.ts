import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ProcessHost } from '../src/host/process/process-host.ts';
import { copyState, hasCopy } from '../src/upgrade/cold-copy.ts';
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
