import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { giveTo } from '../../src/host/systemd/own.ts';

const account = { name: 'openclaw', uid: 1800, gid: 1800, home: '/' };

let directory: string;
let mine: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'own-'));
  mine = join(directory, 'root');
  await mkdir(mine);
  await writeFile(join(mine, 'file'), '');
  await mkdir(join(directory, 'state/records'), { recursive: true });
  await writeFile(join(directory, 'state/records/file'), '');
});
afterEach(() => rm(directory, { recursive: true }));

if (process.getuid?.() !== 0) console.log('left out: only root gives files away');

describe.skipIf(process.getuid?.() !== 0)(
  'root gives to the gateway’s user (where the tests run as root)',
  () => {
    test('what is at the path', async () => {
      await giveTo(account, join(directory, 'state/records/file'), 0o600);
      expect(await stat(join(directory, 'state/records/file'))).toMatchObject({ uid: 1800, gid: 1800 });
    });

    test('nothing that a link leads to', async () => {
      await symlink(mine, join(directory, 'state/link'));
      await expect(giveTo(account, join(directory, 'state/link/file'), 0o600)).rejects.toThrow(
        /symbolic link/,
      );
      expect((await stat(join(mine, 'file'))).uid).toBe(0);
    });

    test('no file that has another name elsewhere', async () => {
      await link(join(mine, 'file'), join(directory, 'state/records/other'));
      const giving = giveTo(account, join(directory, 'state/records/other'), 0o600);
      await expect(giving).rejects.toThrow(/another name/);
      expect((await stat(join(mine, 'file'))).uid).toBe(0);
    });

    test('nothing that a link leads to, however fast somebody exchanges it', async () => {
      const program = `
      const { renameSync, symlinkSync } = require('node:fs');
      const [records, aside, link] = process.argv.slice(1);
      process.stdout.write('go');
      for (;;) {
        renameSync(records, aside);
        renameSync(link, records);
        renameSync(records, link);
        renameSync(aside, records);
      }
    `;
      const [records, link_] = [join(directory, 'state/records'), join(directory, 'state/link')];
      await symlink(mine, link_);
      const agent = spawn(
        process.execPath,
        ['--eval', program, records, join(directory, 'state/aside'), link_],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      await once(agent.stdout, 'data');
      const until = performance.now() + 3000;
      while (performance.now() < until && (await stat(join(mine, 'file'))).uid === 0) {
        await giveTo(account, join(records, 'file'), 0o600).catch(() => {});
      }
      agent.kill('SIGKILL');
      await once(agent, 'close');
      expect((await stat(join(mine, 'file'))).uid).toBe(0);
    });
  },
);
