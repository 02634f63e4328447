import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { serveControl, type ControlServer } from '../../src/pod/control.ts';
import { openDataDirectory } from '../../src/pod/data-dir.ts';
import { newDesk, openTerminal, typed, type Desk, type PseudoTerminal } from './run-cli.ts';

/** Shows a step that never ends, as `up` does while an instance starts. */
const spinning = `
  const { terminalOutput } = await import(${JSON.stringify(join(import.meta.dirname, '../../src/cli/terminal-output.ts'))});
  terminalOutput().event({ event: 'step', step: 'install-openclaw', status: 'started' });
  setInterval(() => {}, 1000);
`;

let desk: Desk;
let control: ControlServer | undefined;
const terminals: PseudoTerminal[] = [];

beforeEach(() => {
  desk = newDesk();
});

afterEach(async () => {
  for (const terminal of terminals.splice(0)) terminal.close();
  await control?.close();
  control = undefined;
});

/**
 * Runs lines of a shell in a terminal. `settings NAME` keeps what stty(1) says of it under a name.
 * @returns the terminal, and what stty said, once it is closed
 */
function inTerminal(script: string): { terminal: PseudoTerminal; settings: (name: string) => string } {
  const folder = mkdtempSync(join(tmpdir(), 'clawharbor-stty-'));
  const file = join(folder, 'script.sh');
  writeFileSync(file, `settings() { stty -g > ${folder}/"$1"; }\n${script}\n`);
  const terminal = openTerminal(desk, `sh ${file}`);
  terminals.push(terminal);
  return { terminal, settings: (name) => readFileSync(join(folder, name), 'utf8') };
}

const unixOnly = '(skipped elsewhere than on Linux, whose script(1) makes the terminal)';

describe.runIf(process.platform === 'linux')(`the terminal ${unixOnly}`, () => {
  test.each(['KILL', 'TERM', 'INT', 'HUP'])(
    'is as it was while a step runs, and after SIG%s',
    async (signal) => {
      writeFileSync(join(desk.cwd, 'spin.mjs'), spinning);
      const node = `'${process.execPath}' --conditions=source --disable-warning=ExperimentalWarning`;
      const { terminal, settings } = inTerminal(`
      settings before
      ${node} spin.mjs </dev/tty & pid=$!
      read line
      settings during
      kill -${signal} $pid; wait $pid
      settings after
    `);
      await terminal.untilShown(/install-openclaw/);
      terminal.press('go on\n');
      await terminal.closed;
      expect(settings('before')).toMatch(/^[\da-f:]+\n$/);
      expect(settings('during')).toBe(settings('before'));
      expect(settings('after')).toBe(settings('before'));
      // The cursor was never hidden, so nobody has to show it again.
      expect(terminal.shown).not.toContain('[?25l');
    },
  );

  test.each([
    ['status', 1],
    ['up --data-dir /proc/clawharbor', 1],
    ['up --wings', 2],
    ['secret set PATH', 1],
    ['down', 1],
  ])('is as it was after %s, which ends with %i', async (command, exitCode) => {
    const { terminal, settings } = inTerminal(
      `settings before; ${typed} ${command}; echo "ended with $?"; settings after`,
    );
    await terminal.closed;
    expect(terminal.shown).toContain(`ended with ${exitCode}`);
    expect(settings('after')).toBe(settings('before'));
  });

  describe('beside a pod that is busy', () => {
    let asked: PromiseWithResolvers<void>;
    beforeEach(async () => {
      asked = Promise.withResolvers();
      control = await serveControl(openDataDirectory(join(desk.cwd, '.clawharbor')), {
        ping: () => Promise.resolve(),
        replace: (_, emit) => {
          emit({ event: 'instance', instanceId: 'i-0123456789abcdef0', state: 'Terminating' });
          asked.resolve();
          return new Promise(() => {});
        },
        secret: (_, emit) => {
          emit({ event: 'secret', name: 'FAL_KEY', state: 'restarting', durationMs: 24_000 });
          return new Promise(() => {});
        },
      });
    });

    for (const command of ['replace', 'secret set FAL_KEY']) {
      test.each(['KILL', 'TERM'])(`is as it was after ${command}, ended by SIG%s`, async (signal) => {
        const { terminal, settings } = inTerminal(`
          settings before
          ${typed} ${command} </dev/tty & pid=$!
          sleep 2; kill -${signal} $pid; wait $pid
          settings after
        `);
        await terminal.closed;
        expect(settings('after')).toBe(settings('before'));
      });

      test(`is as it was after ${command}, ended by Ctrl-C`, async () => {
        const { terminal, settings } = inTerminal(`
          trap : INT
          settings before
          ${typed} ${command}
          echo "ended with $?"
          settings after
        `);
        if (command !== 'replace') {
          await terminal.untilShown(/then Enter and Ctrl-D/);
          terminal.press('hunter2\n\u0004');
          await terminal.untilShown(/the gateway\s+restarts to take it up: .*24 s last\s+time/s);
        } else await asked.promise;
        terminal.press('\u0003');
        await terminal.closed;
        expect(terminal.shown).toContain('ended with 130');
        expect(settings('after')).toBe(settings('before'));
      });
    }
  });
});
