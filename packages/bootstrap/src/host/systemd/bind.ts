import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfPresent } from '../../config/files.ts';
import { BootstrapError } from '../../errors.ts';
import { gatewayAccount } from './account.ts';
import { must, type Run } from './command.ts';
import { mountPoints } from './mount.ts';
import { placeFile } from './place-file.ts';
import { escapePath, plainPath } from './quoting.ts';
import { sections } from './unit-file.ts';
import { unitDirectory } from './units.ts';

/**
 * A directory of this machine that appears in the state, read-only, as a mount unit. systemd follows no symbolic link to
 * where it mounts, whoever may write there.
 * @see https://www.freedesktop.org/software/systemd/man/252/systemd.mount.html
 */
export function renderBind(directory: string, at: string): string {
  return sections({
    Unit: [
      ['Description', `${directory} in the state`],
      ['RequiresMountsFor', plainPath(directory, 'bind')],
    ],
    Mount: [
      ['What', plainPath(directory, 'bind')],
      ['Where', plainPath(at, 'bind')],
      ['Type', 'none'],
      ['Options', 'bind,ro'],
    ],
  });
}

export async function isBound(directory: string, at: string): Promise<boolean> {
  if ((await readIfPresent(fileOf(at))) !== renderBind(directory, at)) return false;
  return mountPoints(await readFile('/proc/self/mountinfo', 'utf8')).has(at);
}

/** @throws BootstrapError `STATE_NOT_MOUNTED` with what systemd said */
export async function bind(directory: string, at: string, run: Run): Promise<void> {
  await makeMountPoint(at, run);
  const changed = await placeFile(fileOf(at), renderBind(directory, at), 0o644);
  await must(run, { file: 'systemctl', args: ['daemon-reload'] });
  const unit = unitOf(at);
  const result = await run({ file: 'systemctl', args: [changed ? 'restart' : 'start', unit] });
  if (result.exitCode === 0 && (await isBound(directory, at))) return;
  throw new BootstrapError(
    'STATE_NOT_MOUNTED',
    `${at}: ${directory} could not be mounted there: ${result.stderr.trim() || `see journalctl --unit=${unit}`}`,
  );
}

export async function unbind(at: string, run: Run): Promise<void> {
  if ((await readIfPresent(fileOf(at))) === undefined) return;
  await must(run, { file: 'systemctl', args: ['stop', unitOf(at)] });
  await rm(fileOf(at), { force: true });
  await must(run, { file: 'systemctl', args: ['daemon-reload'] });
}

/** As the gateway's user: whatever leads elsewhere in the state leads nobody there who is more. */
async function makeMountPoint(at: string, run: Run): Promise<void> {
  if (mountPoints(await readFile('/proc/self/mountinfo', 'utf8')).has(at)) return;
  await must(run, {
    file: 'mkdir',
    args: ['--parents', '--mode=0700', at],
    user: gatewayAccount.name,
  });
}

const unitOf = (at: string): string => `${escapePath(at)}.mount`;

function fileOf(at: string): string {
  return join(unitDirectory, unitOf(at));
}
