import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandToType } from '../../src/cli/commands-to-type.ts';
import { readyBox } from '../../src/cli/ready-box.ts';
import type { PodEvent, ReadyEvent } from '../../src/pod/events.ts';
import { linesSeen, newDesk, openTerminal, type Desk } from './run-cli.ts';

const ready = (dataDir: string): ReadyEvent => ({
  event: 'ready',
  url: 'https://localhost:8443',
  loginUrl: 'https://localhost:8444',
  dataDir,
  durationMs: 62_400,
  username: 'admin@example.com',
  password: 'kH3v-something.aA1',
  instanceId: 'i-0123456789abcdef0',
  users: [{ username: 'admin@example.com', password: 'kH3v-something.aA1', role: 'admin' }],
});

describe('the ready box', () => {
  test('names both ports, and the next three commands', () => {
    const box = readyBox(ready(join(process.cwd(), '.clawharbor')), 80);
    for (const text of [
      'https://localhost:8443',
      'https://localhost:8444',
      '62 s after the start',
      'npx clawharbor-local status ',
      'npx clawharbor-local replace ',
      'npx clawharbor-local secret set ANTHROPIC_API_KEY < key.txt ',
    ]) {
      expect(box).toContain(text);
    }
    expect(box).not.toContain('--data-dir');
  });

  test('names the folder where it is not the usual one', () => {
    const box = readyBox(ready('/srv/pods/one'), 120);
    expect(box).toContain('npx clawharbor-local status --data-dir /srv/pods/one');
    expect(box).toContain('secret set ANTHROPIC_API_KEY --data-dir /srv/pods/one < key.txt');
  });

  test.each([
    ['/srv/it is mine', "--data-dir '/srv/it is mine'"],
    ["/srv/it's", String.raw`--data-dir '/srv/it'\''s'`],
    ['/srv/$(date)', "--data-dir '/srv/$(date)'"],
  ])('quotes %s for a shell', (folder, option) => {
    expect(commandToType('status', folder)).toBe(`npx clawharbor-local status ${option}`);
  });

  test.each([20, 60, 80, 100, 120])(
    'breaks no line in %i columns that would fit without its frame',
    (columns) => {
      const folder = '/srv/pods/one';
      const lines = readyBox(ready(folder), columns).split('\n');
      const plain = readyBox(ready(folder), 1);
      const longest = Math.max(...plain.split('\n').map((line) => line.length));
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(Math.max(columns, longest));
    },
  );
});

/** What a terminal shows in the end of events that a program tells. */
async function shown(desk: Desk, columns: number, events: readonly PodEvent[], end = ''): Promise<string[]> {
  const output = JSON.stringify(join(import.meta.dirname, '../../src/cli/terminal-output.ts'));
  writeFileSync(
    join(desk.cwd, 'tell.mjs'),
    `const { terminalOutput } = await import(${output});
const output = terminalOutput();
for (const event of ${JSON.stringify(events)}) output.event(event);
${end}`,
  );
  const node = `'${process.execPath}' --conditions=source --disable-warning=ExperimentalWarning`;
  const terminal = openTerminal(desk, `stty cols ${columns}; ${node} tell.mjs`);
  await terminal.closed;
  return linesSeen(terminal.shown);
}

const linux = process.platform === 'linux';
const unixOnly = '(skipped elsewhere than on Linux, whose script(1) makes the terminal)';

describe.runIf(linux)(`the picture ${unixOnly}`, () => {
  const words =
    'add agents.defaults.model.primary (followed); replace gateway.controlUi.allowedOrigins (exclusive)';
  const step = (status: 'changed' | 'unchanged' | 'failed' | 'stopped', detail: string[] = []): PodEvent => ({
    event: 'step',
    step: 'merge-config',
    status,
    durationMs: 2345,
    detail,
  });

  test.each([40, 80, 100, 120])('in %i columns has whole words, and a line for a step', async (columns) => {
    const events: PodEvent[] = [
      step('changed', words.split('; ')),
      { event: 'warning', code: 'CONFIG_REJECTED', message: `${words}. ${words}. ${words}.` },
      { event: 'secret', name: 'FAL_KEY', state: 'restarting', durationMs: 24_000 },
    ];
    const lines = (
      await shown(newDesk(), columns, events, `output.failure('PORT_TAKEN', ${JSON.stringify(words)});`)
    ).filter((line) => line !== '');
    expect(lines[0]).toMatch(/^✔ merge-config 2\.3 s/);
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(columns);
    for (const word of lines.slice(1).join(' ').split(/\s+/)) {
      if (/^[a-z]+(\.[a-zA-Z]+)+$/.test(word)) expect(words.split(' '), word).toContain(word);
    }
  });

  test('says what an instance waits for', async () => {
    const why = 'npm: ECONNREFUSED: connect ECONNREFUSED; asked again for up to 594 s';
    const lines = await shown(newDesk(), 100, [
      { event: 'step', step: 'install-openclaw', status: 'started' },
      { event: 'waiting', why },
      step('changed', ['x']),
    ]);
    expect(lines.filter((line) => line !== '')).toEqual([`· waiting: ${why}`, '✔ merge-config 2.3 s  x']);
  });

  test('is still after the box, until something happens', async () => {
    const desk = newDesk();
    const lines = await shown(desk, 100, [
      ready(join(desk.cwd, '.clawharbor')),
      { event: 'step', step: 'assign-roles', status: 'started' },
      step('unchanged'),
      { event: 'step', step: 'wait-ready', status: 'skipped', durationMs: 1 },
      step('changed', ['add x (user)']),
    ]);
    const end = lines.findIndex((line) => line.startsWith('╰'));
    expect(lines.slice(end + 1).filter((line) => line !== '')).toEqual([
      '✔ merge-config 2.3 s  add x (user)',
    ]);
  });

  test('of a pod that is stopped says that it stopped, and nothing else', async () => {
    const lines = await shown(newDesk(), 80, [
      { event: 'step', step: 'install-openclaw', status: 'started' },
      { event: 'stopping' },
      step('stopped'),
      { event: 'instance', instanceId: 'i-0', state: 'Terminating' },
      { event: 'stopped' },
    ]);
    expect(lines.filter((line) => line !== '')).toEqual(['· stopping', '· stopped']);
  });
});
