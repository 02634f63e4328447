import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { newDesk, type } from './run-cli.ts';

test.each([
  [[], 'name a command'],
  [['fly'], "unknown command 'fly'"],
  [['up', '--wings'], "unknown option '--wings'"],
  [['up', '--config'], "option '--config <file>' argument missing"],
  [['status', 'twice'], 'too many arguments'],
  [['secret', 'set'], "missing required argument 'name'"],
  [['secret', 'get'], "unknown command 'get'"],
])('%j is wrong usage, and says so with its code first', (args, message) => {
  const desk = newDesk();
  const { exitCode, stdout, stderr } = type(desk, args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(/^USAGE: [^\n]*\n/);
  expect(stderr).toContain(message);
  expect(readdirSync(desk.cwd)).toEqual([]);
});

test.each([
  [['--port', 'x']],
  [['--port', '0']],
  [['--login-port', '70000']],
  [['--port', '8443', '--login-port', '8443']],
  [['--port', '65535']],
])('up %j is refused before anything is made', (args) => {
  const desk = newDesk();
  const { exitCode, stderr } = type(desk, ['up', ...args]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^PORT_INVALID: /);
  expect(readdirSync(desk.cwd)).toEqual([]);
});

test('with --json a program reads the code, too', () => {
  const { exitCode, stdout } = type(newDesk(), ['up', '--wings', '--json']);
  expect(exitCode).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ event: 'error', code: 'USAGE' });
});

test('--help says which two ports there are, and is no error', () => {
  const { exitCode, stdout, stderr } = type(newDesk(), ['up', '--help']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/--port <port>.*8443/s);
  expect(stdout).toMatch(/--login-port <port>.*after\s+--port/s);
});
