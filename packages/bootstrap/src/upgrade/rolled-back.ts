import type { RestoredState } from './cold-copy.ts';
import type { Journal, UpgradeFailure } from './records.ts';

/** What people are told of an upgrade that was rolled back, and why it was. Pure. */
export function rolledBack(
  { from, to, backup }: Pick<Journal, 'from' | 'to' | 'backup'>,
  failure: UpgradeFailure,
  { hadCopy, aside, notBack }: RestoredState,
): UpgradeFailure {
  const kept = aside === undefined ? '' : ` What the state had become is kept in ${aside}.`;
  const instead =
    backup === undefined
      ? 'a backup of it'
      : `its backup by "clawharbor-bootstrap restore --from ${backup.id}"`;
  const but = notBack.length === 0 ? '' : ` Not put back: ${notBack.slice(0, 10).join(', ')}.`;
  const message = hadCopy
    ? `OpenClaw ${to} was rolled back: ${failure.message} Program, config and state are those of ${from} again.${but}${kept}`
    : `OpenClaw ${to} was not kept: ${failure.message} Only the program is that of ${from} again: the copy of the state is gone, so that config and state are as ${to} has left them. If ${from} does not run with them, restore ${instead}.`;
  return { code: failure.code, message };
}
