import { spawn } from 'node:child_process';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('../src/bin/clawharbor-config.ts', import.meta.url));

/** The program as a shell starts it, with its exit code and a real pipe. */
async function start(args: readonly string[], stdin: string) {
  const child = spawn(process.execPath, ['--conditions=source', program, ...args]);
  child.stdin.end(stdin);
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.on('close', resolve)),
  ]);
  return { out, err, code };
}

test('reads standard input, writes standard output, exits with what it found', async () => {
  expect(await start(['merge', '--desired', '-'], '{a: 1}')).toStrictEqual({
    out: '{\n  "a": 1\n}\n',
    err: '',
    code: 0,
  });
  expect(await start(['plan', '--desired', '-'], '{a: 1}')).toMatchObject({ err: '', code: 2 });
  expect(await start(['plan', '--desired', '-'], '{a: ')).toStrictEqual({
    out: '',
    err: 'DOCUMENT_SYNTAX -:1:5: the document ends too early\n',
    code: 1,
  });
});

test('replaces the live config in place', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'config-merge-'));
  try {
    const live = join(folder, 'openclaw.json');
    await writeFile(live, '// mine\n{ mine: 1, gateway: { port: 1 } }');
    const run = await start(
      ['merge', '--live', live, '--desired', '-', '--out', live],
      '{gateway: {port: 2}}',
    );
    expect(run).toStrictEqual({ out: '', err: '', code: 0 });
    expect(await readFile(live, 'utf8')).toBe('// mine\n{ mine: 1, gateway: { port: 2 } }');
    expect(await readFile(`${live}.previous`, 'utf8')).toContain('// mine');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('says on one line that standard output cannot be written', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'config-merge-'));
  const path = join(folder, 'read-only');
  await writeFile(path, '');
  const readOnly = await open(path, 'r');
  try {
    const child = spawn(process.execPath, ['--conditions=source', program, 'merge', '--desired', '-'], {
      stdio: ['pipe', readOnly.fd, 'pipe'],
    });
    child.stdin?.end('{a: 1}');
    const [err, code] = await Promise.all([
      child.stderr === null ? 'no stderr' : text(child.stderr),
      new Promise((resolve) => child.on('close', resolve)),
    ]);
    expect({ err, code }).toStrictEqual({
      err: 'FILE_WRITE standard output: cannot be written (EBADF): make room for it\n',
      code: 1,
    });
  } finally {
    await readOnly.close();
    await rm(folder, { recursive: true });
  }
});
