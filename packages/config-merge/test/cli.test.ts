import { readdir, readFile, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { parseDocument } from '../src/index.ts';
import { file, newFolder, run } from './command.ts';

let folder: string;
beforeEach(async () => {
  folder = await newFolder();
});

const live =
  "// by hand\n{ gateway: { port: 1, auth: { token: 'hunter2' } }, agents: { defaults: { n: 1 } } }\n";
const desired = '{"gateway":{"port":5173,"auth":{"mode":"none"}},"agents":{"defaults":{"n":2}}}';

const inputs = async (): Promise<string[]> => [
  '--live',
  await file('live.json5', live),
  '--desired',
  await file('desired.json', desired),
];

describe('merge', () => {
  test('prints the config', async () => {
    const { code, out, err } = await run(['merge', ...(await inputs())]);
    expect(out).toBe(
      "// by hand\n{ gateway: { port: 5173, auth: { mode: 'none' } }, agents: { defaults: { n: 1 } } }\n",
    );
    expect({ code, err }).toStrictEqual({ code: 0, err: '' });
  });

  test('--json prints config, changes and warnings', async () => {
    const { out, code } = await run(['merge', '--json', ...(await inputs())]);
    expect(JSON.parse(out)).toMatchObject({
      config: { gateway: { port: 5173 } },
      changes: [{}, {}, {}, {}],
      warnings: [],
    });
    expect(code).toBe(0);
  });

  test('--out writes the config, keeps the file before and its mode, and leaves nothing else behind', async () => {
    const args = await inputs();
    const out = await file('out.json', 'before');
    const { mode } = await stat(out);
    const { code, out: printed } = await run(['merge', ...args, '--out', out]);
    expect({ code, printed }).toStrictEqual({ code: 0, printed: '' });
    expect(await readFile(out, 'utf8')).toContain('// by hand\n{ gateway: { port: 5173');
    expect(await readFile(`${out}.previous`, 'utf8')).toBe('before');
    expect((await stat(out)).mode).toBe(mode);
    expect((await readdir(folder)).toSorted()).toStrictEqual([
      'desired.json',
      'live.json5',
      'out.json',
      'out.json.previous',
    ]);
  });

  test('--out a second time keeps the file before, not the one before that', async () => {
    const out = join(folder, 'out.json');
    for (const port of [1, 2, 3]) {
      await run([
        'merge',
        '--desired',
        await file('desired.json', `{"gateway":{"port":${port}}}`),
        '--out',
        out,
      ]);
    }
    expect(await readFile(out, 'utf8')).toContain('3');
    expect(await readFile(`${out}.previous`, 'utf8')).toContain('2');
  });

  test('--out makes a new file for its owner only', async () => {
    const out = join(folder, 'new.json');
    await run(['merge', ...(await inputs()), '--out', out]);
    expect((await stat(out)).mode & 0o777).toBe(0o600);
  });

  test('--out follows a link instead of replacing it', async () => {
    const target = await file('target.json', '{}');
    const out = join(folder, 'link.json');
    await symlink(target, out);
    await run(['merge', ...(await inputs()), '--out', out]);
    expect(await readFile(target, 'utf8')).toContain('5173');
  });

  test('--out onto live leaves the comments in it when there is nothing to change', async () => {
    const path = await file('live.json5', '// mine\n{ gateway: { port: 1 } }');
    const args = [
      'merge',
      '--live',
      path,
      '--desired',
      await file('desired.json', '{"gateway":{"port":1}}'),
      '--out',
      path,
    ];
    expect(await run(args)).toStrictEqual({ code: 0, out: '', err: '' });
    expect(await readFile(path, 'utf8')).toContain('// mine');
  });

  test('a live config is read as the program reads that runs with it, and its errors are told of it', async () => {
    const twice = await file('twice.json5', '{ mine: NaN, gateway: { port: 1 }, gateway: { port: 2 } }');
    const args = ['--desired', await file('d', '{"gateway":{"port":3}}')];
    expect(await run(['merge', '--live', twice, ...args])).toStrictEqual({
      code: 0,
      out: '{ mine: NaN, gateway: { port: 1 }, gateway: { port: 3 } }',
      err: '',
    });
    expect((await run(['plan', '--live', twice, ...args])).out).toContain('gateway.port: 2 → 3');
    const broken = await file('broken.json5', '{ a: ');
    const { code, err } = await run(['merge', '--live', broken, ...args]);
    expect(code).toBe(1);
    expect(err).toMatch(/^DOCUMENT_SYNTAX \S*broken\.json5:1:6: the document ends too early\n$/u);
  });

  test('what is printed is the text without what a terminal could act on, a file has every byte', async () => {
    const odd = "\uFEFF// \u001b[2J\u202e\r\n{\r\n\ta: 'b\u009b\\\u0007',\u2028 /* \f */\r}";
    const args = ['merge', '--live', await file('odd', odd), '--desired', await file('d', '{}')];
    const { out } = await run(args);
    expect(out).toBe(' // \\u001b[2J\\u202e\r\n{\r\n\ta: "b\\u009b\\u0007",\n /* \\u000c */\n}');
    expect(parseDocument(out)).toStrictEqual(parseDocument(odd));
    await run([...args, '--out', join(folder, 'copy')]);
    expect(await readFile(join(folder, 'copy'), 'utf8')).toBe(odd);
  });

  test('warnings go to stderr', async () => {
    const args = [
      'merge',
      '--live',
      await file('l', '{"update":5,"gateway":1}'),
      '--desired',
      await file('d', '{"gateway":{"port":1}}'),
    ];
    const { err } = await run(args);
    expect(err).toMatch(/^! TYPE_CONFLICT gateway has another type.*\n$/u);
  });

  test('the last applied config lets stale keys go', async () => {
    const both = await file('both', '{"gateway":{"port":1,"bind":"lan"}}');
    const args = [
      'merge',
      '--live',
      both,
      '--last-applied',
      both,
      '--desired',
      await file('d', '{"gateway":{"port":1}}'),
    ];
    expect((await run(args)).out).toBe('{"gateway":{"port":1}}');
  });

  test('- reads standard input', async () => {
    const { out } = await run(['merge', '--desired', '-'], { stdin: '{a:1}' });
    expect(JSON.parse(out)).toStrictEqual({ a: 1 });
  });
});

describe('plan', () => {
  test('shows changes grouped by owner and exits with 2', async () => {
    const { code, out } = await run(['plan', ...(await inputs())]);
    expect(code).toBe(2);
    const lines = out.split('\n').filter((line) => !line.startsWith('      '));
    expect(lines).toStrictEqual([
      'exclusive',
      '  - gateway.auth.token: (sensitive)',
      '  + gateway.auth.mode: "none"',
      '',
      'managed',
      '  ~ gateway.port: 1 → 5173',
      '',
      'followed',
      '  = agents.defaults.n: 1',
      '',
      '1 to add, 1 to replace, 1 to remove, 1 kept.',
      '',
    ]);
    expect(out).not.toContain('hunter2');
  });

  test('says what each change does to a running gateway, of OpenClaw and where one has a config', async () => {
    const all = await inputs();
    const { out } = await run(['plan', ...all]);
    expect(out.match(/^ {6}(live at once|restarts the gateway)/gmu)).toHaveLength(3);
    const { changes, effect } = JSON.parse((await run(['plan', ...all, '--json'])).out) as {
      changes: { path: string; effect?: string }[];
      effect?: string;
    };
    expect(effect).toBe('restart');
    expect(changes.find(({ path }) => path === 'gateway.port')?.effect).toBe('restart');
    expect(changes.find(({ path }) => path === 'agents.defaults.n')).not.toHaveProperty('effect');
    const policy = await file('policy', '{ rules: [] }');
    expect((await run(['plan', ...all, '--policy', policy, '--json'])).out).not.toContain('"effect"');
    const fresh = await file('fresh', '{ gateway: { port: 1 } }');
    expect((await run(['plan', '--desired', fresh, '--json'])).out).not.toContain('"effect"');
  });

  test('exits with 0 when there is nothing to change', async () => {
    const same = await file('same.json', '{"a":1}');
    expect(await run(['plan', '--live', same, '--desired', same])).toStrictEqual({
      code: 0,
      out: 'Nothing to change.\n',
      err: '',
    });
  });

  test('has colour on a terminal only', async () => {
    const args = ['plan', ...(await inputs())];
    expect((await run(args, { isTTY: true })).out).toContain('\u001b[');
    expect((await run(args)).out).not.toContain('\u001b');
  });

  test('prints no control character of a config', async () => {
    const name = 'a\u001b[2J\u009b\u202e\u2028';
    const desiredFile = await file('d', JSON.stringify({ [name]: { [name]: name } }));
    const { out } = await run(['plan', '--desired', desiredFile]);
    expect(out).toMatch(/^[\n\u0020-\u007e]*$/u);
    expect(out).toContain('["a\\u001b[2J\\u009b\\u202e\\u2028"]');
  });

  test('cuts long values', async () => {
    const { out } = await run(['plan', '--desired', await file('d', JSON.stringify({ a: 'x'.repeat(500) }))]);
    expect(out).toContain(`${'x'.repeat(98)}…\n`);
  });

  test('--json', async () => {
    const { out, code } = await run(['plan', '--json', ...(await inputs())]);
    expect(JSON.parse(out)).toMatchObject({ upToDate: false, warnings: [] });
    expect(code).toBe(2);
  });
});

describe('--owners', () => {
  const owners = "{ 'agents.defaults.n': 'managed' }";

  test('gives paths other owners, from the command line or from a file', async () => {
    for (const chosen of [owners, ` ${owners}`, await file('owners.json5', `// ours\n${owners}`)]) {
      const { out, err } = await run([
        'explain',
        'agents.defaults.n',
        ...(await inputs()),
        '--owners',
        chosen,
      ]);
      expect(err).toBe('');
      expect(out).toContain('  owner   managed\n  source  desired\n');
      expect(out).toContain('agents.defaults.n was given this owner');
    }
  });

  test.each([
    ["{ 'gateway.auth': 'user' }", /^OWNER_REFUSED --owners: owners: gateway\.auth cannot be user: /u],
    ['{ x: 1 }', /^OWNER_INVALID --owners: owners: x: is no owner: choose /u],
    ['{ x: ', /^DOCUMENT_SYNTAX --owners:1:/u],
    ['missing.json', /^FILE_READ missing\.json: /u],
  ])('%j is refused', async (chosen, message) => {
    const { code, err } = await run(['plan', ...(await inputs()), '--owners', chosen]);
    expect(code).toBe(1);
    expect(err).toMatch(message);
  });

  test("a key that is the user's may not be desired", async () => {
    const { code, err } = await run([
      'plan',
      ...(await inputs()),
      '--owners',
      "{ 'agents.defaults': 'user' }",
    ]);
    expect(code).toBe(1);
    expect(err).toMatch(/^DESIRED_USER_OWNED .*agents\.defaults\.n, which belongs to the user/u);
  });
});

describe('a model that people talk to', () => {
  const stack = (id: string) =>
    file(
      `${id}.json`,
      JSON.stringify({
        models: { providers: { bedrock: { models: [{ id, name: id }] } } },
        agents: { defaults: { model: { primary: `bedrock/${id}` } } },
      }),
    );
  const args = async (config: string) => [
    '--live',
    await file('live.json', config),
    '--desired',
    await stack('b'),
    '--last-applied',
    await stack('a'),
  ];
  const touched = JSON.stringify({
    models: { providers: { bedrock: { models: [{ id: 'a', name: 'a' }] } } },
    agents: { entries: { ann: { model: 'bedrock/a' } } },
  });

  test.each([['plan'], ['merge'], ['explain', 'models']])(
    'is not taken from its provider: %s',
    async (...command) => {
      const { code, out, err } = await run([...command, ...(await args(touched))]);
      expect({ code, out }).toStrictEqual({ code: 1, out: '' });
      expect(err).toMatch(
        /^MODEL_IN_USE .*b\.json: desired leaves out models\.providers\.bedrock\.models\.a, but agents\.entries\.ann\.model names it: keep it in desired, or choose the owner managed for agents\.entries\.ann\.model\n$/u,
      );
    },
  );

  test('goes with its provider to the next where nobody touched it', async () => {
    const { code, out } = await run(['plan', ...(await args(await readFile(await stack('a'), 'utf8')))]);
    expect(code).toBe(2);
    expect(out).toContain('  ~ agents.defaults.model.primary: "bedrock/a" → "bedrock/b"\n');
  });
});

describe('explain', () => {
  test('says value, owner, source and reason', async () => {
    const { code, out } = await run(['explain', 'agents.defaults.n', ...(await inputs())]);
    expect(code).toBe(0);
    expect(out.split('\n').slice(0, 4)).toStrictEqual([
      'agents.defaults.n',
      '  value   1',
      '  owner   followed',
      '  source  live',
    ]);
  });

  test('--json, and a key that is not there', async () => {
    const { out } = await run(['explain', 'nope', '--json', ...(await inputs())]);
    expect(JSON.parse(out)).toMatchObject({ owner: 'followed', source: 'none' });
    expect((await run(['explain', 'nope', ...(await inputs())])).out).toContain('value   none');
  });
});

describe('check', () => {
  test('accepts a policy', async () => {
    const policy = await file('p.json5', "{ rules: [{ path: 'a', owner: 'user' }], default: 'seeded' }");
    expect(await run(['check', '--policy', policy])).toStrictEqual({
      code: 0,
      out: `${policy}: 1 rules, no ties\n`,
      err: '',
    });
    expect((await run(['check', '--policy', 'openclaw'])).code).toBe(0);
  });

  test('a policy from a file is the one that merges', async () => {
    const policy = await file('p.json5', "{ rules: [], default: 'exclusive' }");
    const { out } = await run(['merge', ...(await inputs()), '--policy', policy]);
    expect(parseDocument(out)).toStrictEqual(JSON.parse(desired));
  });
});

describe('an error is one line: code, file, line:column, what to do', () => {
  const cases: [string, (bad: string) => string[], string | Uint8Array, RegExp][] = [
    [
      'syntax',
      (bad) => ['merge', '--desired', bad],
      '{\n  a 1 }',
      /^DOCUMENT_SYNTAX \S*bad:2:5: expected a colon$/u,
    ],
    [
      'a key twice',
      (bad) => ['merge', '--desired', bad],
      '{a:1,a:2}',
      /^DOCUMENT_DUPLICATE_KEY \S*bad:1:6: .*keep one$/u,
    ],
    [
      'not UTF-8',
      (bad) => ['plan', '--desired', bad],
      Uint8Array.of(0x7b, 0xff, 0x7d),
      /^FILE_ENCODING \S*bad: .*save it as UTF-8$/u,
    ],
    [
      'no such file',
      () => ['plan', '--desired', '/nowhere/x'],
      '',
      /^FILE_READ \/nowhere\/x: .*ENOENT.*check the path$/u,
    ],
    ['a directory', () => ['plan', '--desired', '/'], '', /^FILE_READ \/: .*EISDIR/u],
    [
      'a policy',
      (bad) => ['check', '--policy', bad],
      '{rules:[{path:"a",owner:"me"}]}',
      /^POLICY_INVALID \S*bad: policy: rules\.0\.owner: /u,
    ],
    [
      'a tie',
      (bad) => ['check', '--policy', bad],
      '{rules:[{path:"a",owner:"user"},{path:"a",owner:"user"}]}',
      /^POLICY_TIE .*keep one$/u,
    ],
    ['a path', (bad) => ['explain', 'a..b', '--desired', bad], '{}', /^PATH_INVALID .*write it like/u],
    [
      "a user's key",
      (bad) => ['merge', '--desired', bad],
      '{"meta":{"a":1}}',
      /^DESIRED_USER_OWNED .*meta\.a.*leave it out$/u,
    ],
    [
      'nowhere to write',
      (bad) => ['merge', '--desired', bad, '--out', '/nowhere/x'],
      '{}',
      /^FILE_WRITE \/nowhere\/x: .*ENOENT/u,
    ],
    [
      'standard input twice',
      () => ['merge', '--desired', '-', '--live', '-'],
      '',
      /^USAGE standard input can be read once/u,
    ],
    ['no desired', () => ['merge'], '', /^USAGE required option '--desired <file>'/u],
    [
      'no such command',
      () => ['destroy'],
      '',
      /^USAGE unknown command 'destroy': see clawharbor-config --help$/u,
    ],
    ['no command', () => [], '', /^USAGE name a command/u],
    [
      'no such option',
      (bad) => ['plan', '--desired', bad, '--force'],
      '',
      /^USAGE unknown option '--force'/u,
    ],
  ];

  test.each(cases)('%s', async (_, args, content, line) => {
    const { code, out, err } = await run(args(await file('bad', content)));
    expect({ code, out }).toStrictEqual({ code: 1, out: '' });
    expect(err.endsWith('\n')).toBe(true);
    expect(err.trimEnd()).toMatch(line);
    expect(err.trimEnd()).not.toContain('\n');
  });

  test('--help is none', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    expect(out).toContain('explain');
  });
});
