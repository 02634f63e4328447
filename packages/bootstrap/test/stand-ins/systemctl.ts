import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Run } from '../../src/host/systemd/command.ts';

/**
 * systemctl of one running service, as systemd 252 documents it: `stop` sends SIGTERM to the main process once and returns
 * when it has ended (https://www.freedesktop.org/software/systemd/man/252/systemd.kill.html, `KillMode=mixed`), `kill` sends
 * a signal at once (https://www.freedesktop.org/software/systemd/man/252/systemctl.html). The process is a real one.
 * @param main main process of the service
 * @returns what runs the commands; each is added to `asked`
 */
export function systemctlOf(main: ChildProcess): { readonly run: Run; readonly asked: string[] } {
  const asked: string[] = [];
  const run: Run = async ({ file, args }) => {
    const [verb, ...rest] = args;
    asked.push([file, ...args].join(' '));
    switch (verb) {
      case 'show':
        return said(`LoadState=loaded\nActiveState=active\nMainPID=${main.pid}\n`);
      case 'stop':
        main.kill('SIGTERM');
        if (!rest.includes('--no-block') && main.exitCode === null && main.signalCode === null)
          await once(main, 'exit');
        return said('');
      case 'kill':
        main.kill(rest.find((each) => each.startsWith('--signal='))!.slice('--signal='.length) as 'SIGTERM');
        return said('');
      default:
        throw new Error(`systemctl ${verb} is none that a stop needs`);
    }
  };
  return { run, asked };
}

const said = (stdout: string) => ({ exitCode: 0, stdout, stderr: '' });
