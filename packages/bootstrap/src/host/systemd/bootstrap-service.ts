import { join } from 'node:path';
import { readIfPresent } from '../../config/files.ts';
import { must, type Run } from './command.ts';
import type { Need } from './machine.ts';
import { placeFile } from './place-file.ts';
import { quoteWord, plainPath } from './quoting.ts';
import { sections } from './unit-file.ts';
import { unitDirectory } from './units.ts';

const name = 'clawharbor-bootstrap';

/**
 * One run at a time: the lock that the timer's run skips on. Whoever else starts the bootstrap, as user data does,
 * takes it too: `flock /run/clawharbor-bootstrap.lock ...`.
 */
export const runLock = '/run/clawharbor-bootstrap.lock';

/** The bootstrap as a service: it converges and ends. */
export function renderBootstrapService(command: readonly string[]): string {
  plainPath(command[0] ?? '', 'bootstrap command');
  const words = command.map((word) => quoteWord(word, 'bootstrap command')).join(' ');
  return sections({
    Unit: [
      ['Description', 'Clawharbor: makes this machine what the pod spec says'],
      ['After', 'network-online.target'],
      ['Wants', 'network-online.target'],
    ],
    Service: [
      ['Type', 'oneshot'],
      ['ExecStart', `:/usr/bin/flock --nonblock --conflict-exit-code 0 --no-fork ${runLock} ${words}`],
      ['TimeoutStartSec', '3600s'],
      ['PrivateTmp', 'yes'],
      ['LimitCORE', '0'],
      ['SyslogIdentifier', name],
    ],
  });
}

/** At every boot, and a minute after each run: this is how a changed spec or secret arrives, without inbound access. */
export function renderBootstrapTimer(): string {
  return sections({
    Unit: [['Description', 'Clawharbor: at boot and every minute']],
    Timer: [
      ['OnBootSec', '1s'],
      ['OnUnitInactiveSec', '60s'],
      ['AccuracySec', '1s'],
    ],
    Install: [['WantedBy', 'timers.target']],
  });
}

/** @param command how this bootstrap was started: it must do the same again */
export function recurringBootstrap(run: Run, command: readonly string[]): Need {
  const files = [
    { path: join(unitDirectory, `${name}.service`), content: renderBootstrapService(command) },
    { path: join(unitDirectory, `${name}.timer`), content: renderBootstrapTimer() },
  ];
  const timer = `${name}.timer`;
  return {
    description: `run at boot and every minute: ${timer}`,
    missing: async () => {
      for (const file of files) if ((await readIfPresent(file.path)) !== file.content) return true;
      return (await run({ file: 'systemctl', args: ['is-active', '--quiet', timer] })).exitCode !== 0;
    },
    provide: async () => {
      for (const file of files) await placeFile(file.path, file.content, 0o644);
      await must(run, { file: 'systemctl', args: ['daemon-reload'] });
      await must(run, { file: 'systemctl', args: ['enable', '--now', timer] });
    },
  };
}
