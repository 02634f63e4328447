import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { main } from '../src/cli/main.ts';
import { file, newFolder, run } from './command.ts';

let folder: string;
beforeEach(async () => {
  folder = await newFolder();
});

describe('help', () => {
  const inputOptions = [
    '  --live <file>          the config in use; leave out when there is none yet',
    '  --desired <file>       the config the infrastructure wants',
    '  --last-applied <file>  the desired config of the merge before',
    '  --policy <file>        a policy as JSON5, or "openclaw" (default: "openclaw")',
    '  --owners <file>        other owners for some paths: JSON5, or a file of it',
  ];

  test.each([
    [
      [],
      [
        'Usage: clawharbor-config [options] [command]',
        'Merges a config that people edit with the one the infrastructure wants.',
        '  merge [options]           merge, and print or write the config: the text of',
        '                            live with what changes',
        '  plan [options]            show what a merge would change, grouped by owner;',
        '                            exit code 2 if anything',
        '  explain [options] <path>  say who owns a key and where its value comes from',
        '  check [options]           check a policy',
      ],
    ],
    [
      ['merge'],
      [
        ...inputOptions,
        '  --out <file>           write here, atomically; the file before stays as',
        '                         <file>.previous',
        '  --json                 print {config, changes, warnings}',
      ],
    ],
    [
      ['plan'],
      [...inputOptions, '  --json                 print {changes, warnings, upToDate}; with OpenClaw, the'],
    ],
    [
      ['explain'],
      [
        ...inputOptions,
        '  path                   as in gateway.auth.mode or hosts["a.b"].port',
        '  --json                 print {value, owner, source, reason}',
      ],
    ],
    [['check'], ['  --policy <file>  a policy as JSON5, or "openclaw"']],
  ])('of %j', async (command, lines) => {
    const { code, out, err } = await run([...command, '--help']);
    expect({ code, err }).toStrictEqual({ code: 0, err: '' });
    for (const line of lines) expect(out.split('\n')).toContain(line);
  });
});

describe('what people see', () => {
  const taste = 'followed: an operational setting: it follows the deployment until people change it';

  test('an explanation, and a key that is not there', async () => {
    const desiredFile = await file('d', '{ n: { a: 1 } }');
    expect((await run(['explain', 'n', '--desired', desiredFile])).out).toBe(
      `n\n  value   {"a":1}\n  owner   followed\n  source  desired\n  reason  live has none; ${taste}\n`,
    );
    expect((await run(['explain', 'm', '--desired', desiredFile])).out).toBe(
      `m\n  value   none\n  owner   followed\n  source  none\n  reason  neither live nor desired has it; ${taste}\n`,
    );
    const { out } = await run(['explain', 'n.a', '--desired', desiredFile, '--json']);
    expect(JSON.parse(out)).toStrictEqual({
      value: 1,
      owner: 'followed',
      source: 'desired',
      reason: `live has none; ${taste}`,
    });
  });

  const conflict = async (): Promise<string[]> => [
    '--live',
    await file('live', '{ a: 1, b: 1, update: { x: 1 } }'),
    '--desired',
    await file('desired', '{ a: { c: 1 }, b: 2 }'),
  ];

  test('a plan with warnings', async () => {
    expect((await run(['plan', ...(await conflict())])).out).toBe(
      [
        'exclusive',
        '  - update.x: 1',
        '      is not in desired; exclusive: the version is pinned and upgraded from outside; a gateway that updates itself undoes both',
        '      restarts the gateway',
        '',
        'followed',
        '  = a: 1',
        `      live has a value of another type; ${taste}`,
        '  = b: 1',
        `      live already has a value; ${taste}`,
        '',
        '! TYPE_CONFLICT a has another type in live than in desired: live stays',
        '',
        '0 to add, 0 to replace, 1 to remove, 2 kept.',
        '',
      ].join('\n'),
    );
  });

  test('what stays deleted, what was released to people, and every warning', async () => {
    const applied = '{ n: 1, meta: { a: 1, b: 1 } }';
    const args = [
      '--live',
      await file('l', '{ meta: { a: 1, b: 1 } }'),
      '--last-applied',
      await file('p', applied),
      '--desired',
      await file('d', '{ n: 2 }'),
    ];
    expect(
      (await run(['plan', ...args])).out.split('\n').filter((row) => !row.startsWith('     ')),
    ).toStrictEqual([
      'followed',
      '  = n',
      '',
      'user',
      '  = meta.a: 1',
      '  = meta.b: 1',
      '',
      '! RELEASED meta.a was applied once and belongs to the user now',
      '! RELEASED meta.b was applied once and belongs to the user now',
      '',
      'Nothing to change, 3 kept.',
      '',
    ]);
  });

  test('an explanation in colour', async () => {
    const args = ['explain', 'n', '--desired', await file('d', '{ n: 1 }')];
    expect((await run(args, { isTTY: true })).out).toContain('\u001b[1mn\u001b[22m\n  value   1\n');
  });

  test('an error on one line, whatever is in it', async () => {
    const { err } = await run(['plan', '--desired', join(folder, 'no\nfile')]);
    expect(err).toMatch(/no file: cannot be read \(ENOENT\): check the path\n$/u);
    expect((await run(['dest\nroy'])).err).toBe(
      "USAGE unknown command 'dest roy': see clawharbor-config --help\n",
    );
  });

  test('nothing to change but what was kept', async () => {
    const args = ['--live', await file('l', '{ b: 1 }'), '--desired', await file('d', '{ b: 2 }')];
    const { code, out } = await run(['plan', ...args]);
    expect({ code, last: out.split('\n').at(-2) }).toStrictEqual({
      code: 0,
      last: 'Nothing to change, 1 kept.',
    });
  });

  test('colours tell what happens, unless NO_COLOR is set', async () => {
    const args = [
      'plan',
      '--live',
      await file('l', '{ gateway: { port: 1, terminal: 1, x: { y: 1 } }, b: 1 }'),
      '--desired',
      await file('d', '{ gateway: { port: 2, mode: "m", x: 1 }, b: 2 }'),
    ];
    const { out } = await run(args, { isTTY: true });
    expect(out).toContain('\u001b[1mexclusive\u001b[22m');
    expect(out).toContain('\u001b[31m  - gateway.terminal: 1\u001b[39m');
    expect(out).toContain('\u001b[33m  ~ gateway.port: 1 → 2\u001b[39m');
    expect(out).toContain('\u001b[32m  + gateway.mode: "m"\u001b[39m');
    expect(out).toContain('\u001b[2m  = b: 1\u001b[22m');
    expect(out).toContain(`\u001b[2mlive already has a value; ${taste}\u001b[22m`);
    expect(out).toContain('\u001b[33m! TYPE_CONFLICT\u001b[39m gateway.x has');
    expect(out).toContain('\u001b[1m1 to add, 2 to replace, 1 to remove, 1 kept.\u001b[22m');
    vi.stubEnv('NO_COLOR', '1');
    expect((await run(args, { isTTY: true })).out).not.toContain('\u001b');
    vi.unstubAllEnvs();
  });

  test('a value of 100 characters as a whole, one of 101 cut', async () => {
    const shownAs = async (length: number) => {
      const { out } = await run([
        'plan',
        '--desired',
        await file('d', JSON.stringify({ a: 'x'.repeat(length - 2) })),
      ]);
      return out.split('\n')[1];
    };
    expect(await shownAs(100)).toBe(`  + a: "${'x'.repeat(98)}"`);
    expect(await shownAs(101)).toBe(`  + a: "${'x'.repeat(98)}…`);
  });
});

describe('merge, more', () => {
  test('--json goes with --out, and keeps warnings off stderr', async () => {
    const out = join(folder, 'out.json');
    const { out: printed, err } = await run([
      'merge',
      '--json',
      '--live',
      await file('l', '{ a: 1 }'),
      '--desired',
      await file('d', '{ a: { b: 1 } }'),
      '--out',
      out,
    ]);
    expect(JSON.parse(printed)).toMatchObject({ config: { a: 1 }, warnings: [{ code: 'TYPE_CONFLICT' }] });
    expect(printed).toMatch(/^\{\n {2}"config"[^]*\}\n$/u);
    expect(err).toBe('');
    expect(await readFile(out, 'utf8')).toBe('{ a: 1 }');
  });

  test('--out onto live writes when something changes, and elsewhere in any case', async () => {
    const path = await file('live.json5', '// mine\n{ gateway: { port: 1 } }');
    const same = await file('same.json', '{"gateway":{"port":1}}');
    const other = await file('other.json', '{"gateway":{"port":2}}');
    await run(['merge', '--live', path, '--desired', same, '--out', join(folder, 'copy')]);
    expect(await readFile(join(folder, 'copy'), 'utf8')).toBe('// mine\n{ gateway: { port: 1 } }');
    await run(['merge', '--live', path, '--desired', other, '--out', path]);
    expect(await readFile(path, 'utf8')).toBe('// mine\n{ gateway: { port: 2 } }');
  });

  test('a config that is kept against a wish is nothing to write', async () => {
    const path = await file('live.json5', '// mine\n{ a: 1 }');
    await run(['merge', '--live', path, '--desired', await file('d', '{ a: 2 }'), '--out', path]);
    expect(await readFile(path, 'utf8')).toContain('// mine');
  });

  test('live from standard input goes to a file as it is', async () => {
    const out = await file('-', 'before');
    await run(['merge', '--live', '-', '--desired', await file('d', '{}'), '--out', out], {
      stdin: '{ a: 1 }',
    });
    expect(await readFile(out, 'utf8')).toBe('{ a: 1 }');
  });

  test('--out that cannot be finished leaves the file and nothing else', async () => {
    const out = await file('out.json', 'before');
    await mkdir(`${out}.previous`);
    const { code, err } = await run(['merge', '--desired', await file('d', '{}'), '--out', out]);
    expect(code).toBe(1);
    expect(err).toMatch(/^FILE_WRITE \S+out\.json: cannot be written \(\w+\): check the directory\n$/u);
    expect(await readFile(out, 'utf8')).toBe('before');
    expect((await readdir(folder)).toSorted()).toStrictEqual(['d', 'out.json', 'out.json.previous']);
  });
});

describe('what a command needs', () => {
  test.each([
    [[], 'USAGE name a command: see clawharbor-config --help\n'],
    [['check'], "USAGE required option '--policy <file>' not specified: see clawharbor-config --help\n"],
    [['plan'], "USAGE required option '--desired <file>' not specified: see clawharbor-config --help\n"],
    [['explain', '--desired', '-'], "USAGE missing required argument 'path': see clawharbor-config --help\n"],
    [
      ['plan', '--desired', '-', '--policy', '-'],
      'USAGE standard input can be read once: name a file for the others\n',
    ],
    [
      ['plan', '--desired', '-', '--last-applied', '-'],
      'USAGE standard input can be read once: name a file for the others\n',
    ],
  ])('%j', async (args, err) => {
    expect(await run(args)).toStrictEqual({ code: 1, out: '', err });
  });

  test('an error that is no mistake of the user is not dressed up as one', async () => {
    const broken = {
      stdout: {
        write: () => {
          throw new TypeError('broken');
        },
      },
      stderr: { write: () => undefined },
      readStdin: () => Promise.resolve(new TextEncoder().encode('{}')),
    };
    await expect(main(['merge', '--desired', '-'], broken)).rejects.toThrow(TypeError);
  });
});
