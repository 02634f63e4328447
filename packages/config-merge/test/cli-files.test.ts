import { execFileSync } from 'node:child_process';
import { chmod, chown, lstat, mkdir, readFile, readdir, readlink, stat, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { beforeEach, describe, expect, test } from 'vitest';
import { file, newFolder, run } from './command.ts';

let folder: string;
beforeEach(async () => {
  folder = await newFolder();
});

const mergeTo = (out: string) =>
  run(['merge', '--desired', '-', '--out', out], { stdin: '{ gateway: { port: 1 } }' });

const written = '{\n  "gateway": {\n    "port": 1\n  }\n}\n';

describe('merge --out leaves alone what is no regular file', () => {
  const refused = (out: string) => ({
    code: 1,
    out: '',
    err: `FILE_WRITE ${out}: is not a regular file: name a file\n`,
  });

  test('a pipe', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(await mergeTo(pipe)).toStrictEqual(refused(pipe));
    expect((await lstat(pipe)).isFIFO()).toBe(true);
    expect(await readdir(folder)).toStrictEqual(['pipe']);
  });

  test('a link to a pipe', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const link = join(folder, 'link');
    await symlink('pipe', link);
    expect(await mergeTo(link)).toStrictEqual(refused(link));
  });

  test('a directory', async () => {
    expect(await mergeTo(folder)).toStrictEqual(refused(folder));
  });

  test('standard output, which is not a file: - is one for reading only', async () => {
    expect(await mergeTo('-')).toStrictEqual({
      code: 1,
      out: '',
      err: 'USAGE --out names a file: leave it out to print the config\n',
    });
  });
});

describe('merge --out writes where a link leads', () => {
  test('also when nothing is there yet, over several links', async () => {
    await mkdir(join(folder, 'sub'));
    await symlink('sub/second', join(folder, 'first'));
    await symlink('../new.json', join(folder, 'sub/second'));
    expect(await mergeTo(join(folder, 'first'))).toMatchObject({ code: 0 });
    expect(await readlink(join(folder, 'first'))).toBe('sub/second');
    expect(await readFile(join(folder, 'new.json'), 'utf8')).toBe(written);
  });

  test('but not in a circle', async () => {
    await symlink('b', join(folder, 'a'));
    await symlink('a', join(folder, 'b'));
    const out = join(folder, 'a');
    expect((await mergeTo(out)).err).toBe(
      `FILE_WRITE ${out}: cannot be written (ELOOP): check the directory\n`,
    );
    expect(await readlink(out)).toBe('b');
  });
});

describe('merge --out onto a file', () => {
  test('keeps its mode, whatever the mask of the process', async () => {
    const out = await file('out.json', '{}');
    await chmod(out, 0o664);
    await mergeTo(out);
    for (const one of [out, `${out}.previous`]) expect((await stat(one)).mode & 0o777).toBe(0o664);
    expect(await readFile(out, 'utf8')).toBe(written);
  });

  // Only root may give a file away.
  test.runIf(process.getuid?.() === 0)(
    'keeps its owner (skipped unless root, who alone can give a file away)',
    async () => {
      const out = await file('out.json', '{}');
      await chown(out, 12_345, 54_321);
      await mergeTo(out);
      for (const one of [out, `${out}.previous`]) {
        expect(await stat(one)).toMatchObject({ uid: 12_345, gid: 54_321 });
      }
      expect(await readFile(out, 'utf8')).toBe(written);
    },
  );

  // Only root can be somebody else for a while, and only with a whole process: mutation tests run in threads.
  test.runIf(process.getuid?.() === 0 && isMainThread).each([
    [0o640, 0o600],
    [0o664, 0o644],
  ])(
    'of another owner and group, with the mode %o, lets no other group in (skipped unless root in a process)',
    async (before, after) => {
      const out = await file('out.json', '{}');
      await chown(out, 12_345, 54_321);
      await chmod(out, before);
      await chown(folder, 12_345, 12_345);
      await chmod(dirname(folder), 0o711);
      process.setegid?.(12_345);
      process.seteuid?.(12_345);
      try {
        expect((await mergeTo(out)).err).toBe('');
      } finally {
        process.seteuid?.(0);
        process.setegid?.(0);
      }
      for (const one of [out, `${out}.previous`]) {
        expect(await stat(one)).toMatchObject({ uid: 12_345, gid: 12_345 });
        expect((await stat(one)).mode & 0o777).toBe(after);
      }
    },
  );

  test('that has the config already writes nothing, so the file before stays the one before', async () => {
    const out = await file('out.json', 'before');
    await mergeTo(out);
    const { ino } = await stat(out);
    await mergeTo(out);
    expect((await stat(out)).ino).toBe(ino);
    expect(await readFile(`${out}.previous`, 'utf8')).toBe('before');
  });
});

describe('an error about desired names its file', () => {
  test.each([
    ['{ meta: { a: 1 } }', /^DESIRED_USER_OWNED \S*\/desired: desired sets meta\.a/u],
    [
      '{ models: { providers: { a: { models: [{ id: 1 }] } } } }',
      /^DESIRED_IDENTITY \S*\/desired: desired: element 0 of models\.providers\.a\.models/u,
    ],
  ])('%s', async (content, line) => {
    const desired = await file('desired', content);
    for (const command of [['merge'], ['plan'], ['explain', 'a']]) {
      expect((await run([...command, '--desired', desired])).err).toMatch(line);
    }
  });
});

describe('no character that a terminal could act on is printed', () => {
  const odd = 'a\u001B[2J\u009B\u202E\u2028\n\u{E0001}';
  const escaped = 'a\\u001b[2J\\u009b\\u202e\\u2028\\n\\udb40\\udc01';
  const plain = /^[\n\u0020-\u007E→…]*$/u;

  test('of a file name', async () => {
    const { err } = await run(['plan', '--desired', join(folder, 'a\u001B[2J\u202E')]);
    expect(err).toMatch(plain);
    expect(err).toContain('a\\u001b[2J\\u202e');
    const policy = await file('p\u202E', '{ rules: [] }');
    expect((await run(['check', '--policy', policy])).out).toMatch(/p\\u202e: 0 rules, no ties\n$/u);
  });

  test('of a reason, an identity or a key, in a plan, an explanation and a warning', async () => {
    const rules = [
      { path: 'list', owner: 'managed', arrayKey: odd, reason: odd },
      { path: 'x', owner: 'managed', reason: odd },
    ];
    const args = [
      '--policy',
      await file('policy', JSON.stringify({ rules })),
      '--live',
      await file('live', JSON.stringify({ list: [1], x: 1 })),
      '--desired',
      await file('desired', JSON.stringify({ list: [{ [odd]: odd }], x: { [odd]: odd } })),
    ];
    const path = `x["${escaped}"]`;
    for (const command of [['plan'], ['explain', path], ['merge'], ['merge', '--json'], ['plan', '--json']]) {
      const { code, out, err } = await run([...command, ...args]);
      expect(code).not.toBe(1);
      expect(out + err).toMatch(plain);
    }
    const { out } = await run(['plan', ...args]);
    expect(out).toContain(`managed: ${escaped.replace('\\n', '\\u000a')}\n`);
  });

  test('and JSON has the same value all the same', async () => {
    const desired = await file('desired', JSON.stringify({ [odd]: odd }));
    expect(JSON.parse((await run(['merge', '--desired', desired])).out)).toStrictEqual({ [odd]: odd });
  });
});
