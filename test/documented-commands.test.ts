import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshClone, hostEnvironment, repository, workspaces } from './clone.ts';
import { callsOf, commandsInBlocks, commandsInText, type Call } from './documented.ts';

let clone: string;
beforeAll(() => {
  clone = freshClone();
});
afterAll(() => rmSync(clone, { recursive: true, force: true }));

/** Types a command line in a folder of the clone, as somebody with the host's Node.js and no network. */
function type(command: string, folder = '.') {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
    cwd: join(clone, folder),
    encoding: 'utf8',
    env: { ...hostEnvironment, npm_config_offline: 'true', NX_DAEMON: 'false' },
  });
  return { status, stdout, stderr };
}

const read = (path: string) => readFileSync(join(repository, path), 'utf8');

/** What is seen of a command: it is run here, by another test that names it, or not at all, for a reason. */
type Proof = (() => void) | { readonly in: string; readonly test: string } | { readonly not: string };

const newcomer = { in: 'packages/e2e/e2e/newcomer.e2e.test.ts', test: 'the README from top to bottom' };
const installed = { in: 'test/packages.test.ts', test: '%s works alone: installed from its tarball' };
const emptyFolder = { in: 'test/packages.test.ts', test: 'makes a template in an empty folder' };
const aws = { not: 'needs an AWS account with a pod in it' };
const onInstance = { not: 'is typed on an instance of a pod' };

const proofs: Readonly<Record<string, Proof>> = {
  'npm ci && npx projen local': newcomer,
  'npx clawharbor-local status': newcomer,
  'npx clawharbor-local replace': newcomer,
  'npx clawharbor-local secret set ANTHROPIC_API_KEY < key.txt': newcomer,
  'npx clawharbor-local down': newcomer,
  'npx projen local': newcomer,
  'npm ci && npx projen test': { not: 'is what runs this test; on a clean clone .ci/run does' },
  'npx projen e2e': { not: 'is the end-to-end tests themselves; on a clean clone .ci/run does' },
  'npx projen synth': () => {
    const { status, stdout, stderr } = type('npx projen synth');
    expect(status, stderr).toBe(0);
    expect(stdout).toContain('cdk.out');
    expect(existsSync(join(clone, 'packages/infra/cdk.out/manifest.json'))).toBe(true);
  },
  'cd packages/infra && npx cdk deploy': {
    not: 'needs an AWS account; the template is that of npx projen synth',
  },
  "npx cdk deploy --app 'node app.mjs'": aws,
  'npm install @clawharbor/infra aws-cdk-lib constructs aws-cdk@2': emptyFolder,
  "npx cdk synth --app 'node app.mjs'": emptyFolder,
  ...Object.fromEntries(
    [
      'clawharbor-bootstrap report --conditions',
      'clawharbor-bootstrap run',
      'clawharbor-bootstrap backup create',
      'clawharbor-bootstrap backup drill',
      'clawharbor-bootstrap people list',
      'df -h /var/lib/openclaw',
      'journalctl --vacuum-size=200M',
      'systemctl restart clawharbor-people',
      'systemctl restart openclaw',
      'systemctl restart openclaw-replica',
      'systemctl status clawharbor-bootstrap.timer clawharbor-bootstrap.service amazon-cloudwatch-agent',
      'systemctl status openclaw',
    ].map((command) => [command, onInstance]),
  ),
  'npm install @clawharbor/config-merge': installed,
  'npx clawharbor-config merge --live examples/openclaw/live.json5 --desired examples/openclaw/desired.json':
    () => {
      const { status, stdout } = type(
        'npx clawharbor-config merge --live examples/openclaw/live.json5 --desired examples/openclaw/desired.json',
        'packages/config-merge',
      );
      expect(status).toBe(0);
      expect(read('packages/config-merge/README.md')).toContain(stdout.trim());
    },
  'npx clawharbor-config plan --live examples/openclaw/live.json5 --desired examples/openclaw/desired.json':
    () => {
      const { status, stdout } = type(
        'npx clawharbor-config plan --live examples/openclaw/live.json5 --desired examples/openclaw/desired.json',
        'packages/config-merge',
      );
      expect(status).toBe(2);
      expect(read('packages/config-merge/README.md')).toContain(stdout.trim());
    },
  'npx projen iam:generate': () => {
    expect(type('npx projen iam:generate')).toMatchObject({ status: 0 });
    const file = 'packages/iam-policies/src/catalogue/bedrock.ts';
    expect(readFileSync(join(clone, file), 'utf8')).toBe(read(file));
  },
  'npx projen iam:generate dynamodb': () => {
    expect(type('npx projen iam:generate dynamodb')).toMatchObject({ status: 0 });
    expect(existsSync(join(clone, 'packages/iam-policies/src/catalogue/dynamodb.ts'))).toBe(true);
  },
  'npx -p @clawharbor/bootstrap clawharbor-bootstrap run --spec pod.json --host process --root .pod/instance --state .pod/efs --artifacts .pod/artifacts --stay':
    { in: 'packages/e2e/e2e/long/bootstrap-readme.e2e.test.ts', test: "the bootstrap's README" },
};
const awsCommand = /^aws [a-z0-9-]+ [a-z-]+ /;

const inBlocks = commandsInBlocks();

describe('every command of a block', () => {
  test('is proved, or says why not', () => {
    expect(inBlocks.length).toBeGreaterThan(15);
    const unknown = inBlocks.filter(({ command }) => !(command in proofs) && !awsCommand.test(command));
    expect(unknown, 'add these to the proofs above').toEqual([]);
    const said = new Set(inBlocks.map(({ command }) => command));
    expect(Object.keys(proofs).filter((command) => !said.has(command))).toEqual([]);
    for (const { file, line, command } of inBlocks) {
      const proof: Proof = proofs[command] ?? aws;
      if ('not' in proof) console.info(`${file}:${line} not run: ${command}: ${proof.not}`);
    }
  });

  test('that another test runs is run by it', () => {
    for (const [command, proof] of Object.entries(proofs))
      if ('in' in proof) expect(read(proof.in), command).toContain(proof.test);
  });

  const runs = Object.entries(proofs).flatMap(([command, proof]) =>
    typeof proof === 'function' ? [[command, proof] as const] : [],
  );
  test.each(runs)('%s', (_, proof) => proof());
});

const calls = [...inBlocks, ...commandsInText()].flatMap((documented) =>
  callsOf(documented).map((call) => ({ ...call, at: `${documented.file}:${documented.line}` })),
);
const own = new Set(workspaces().flatMap(({ bin }) => Object.keys(bin ?? {})));

/** One of each, because a call takes a second. */
function different<T extends Call>(all: readonly T[], key: (call: T) => string): (readonly [string, T])[] {
  return [...new Map(all.map((call) => [key(call), call]))];
}

describe('no command falls through to a package of somebody else:', () => {
  test.each(different(calls, ({ program }) => program))('npx %s is installed', (program, { at }) => {
    for (const folder of [
      '.',
      ...new Set(calls.filter((call) => call.program === program).map((call) => call.folder)),
    ]) {
      const { status, stderr } = type(`npx ${program} --help`, folder);
      expect(status, `${at}, in ${folder}: ${stderr}`).toBe(0);
    }
  });

  test('npx projen: every task exists', () => {
    const { tasks } = JSON.parse(read('.projen/tasks.json')) as { tasks: Record<string, unknown> };
    const named = calls.filter(({ program, words }) => program === 'projen' && words.length > 0);
    expect(named.length).toBeGreaterThan(10);
    for (const { words, at } of named) expect(Object.keys(tasks), at).toContain(words[0]);
  });

  test('npx nx: every project and target exists', () => {
    const named = calls.filter(({ program }) => program === 'nx');
    expect(named.length).toBeGreaterThan(1);
    const { targetDefaults } = JSON.parse(read('nx.json')) as { targetDefaults: Record<string, unknown> };
    for (const { at } of named) {
      const [file, line] = at.split(':') as [string, string];
      const text = read(file).split('\n')[Number(line) - 1]!;
      const [, project, target] = /nx run ([\w@/-]+):([\w-]+)/.exec(text) ?? [];
      if (project === undefined)
        expect(Object.keys(targetDefaults), at).toContain(/-t ([\w-]+)/.exec(text)?.[1]);
      else {
        const { folder } = workspaces().find(({ name }) => name === project)!;
        const manifest = JSON.parse(read(`packages/${folder}/package.json`)) as { scripts: object };
        expect(Object.keys(manifest.scripts), at).toContain(target);
      }
    }
  });

  const ours = calls.filter(({ program, words }) => own.has(program) && words.length > 0);
  test.each(different(ours, ({ program, words }) => [program, ...words].join(' ')))(
    '%s is a command, with the options that are named',
    (name, { program, words, at }) => {
      // An argument that looks like a command is one more word.
      const { status, stdout, stderr } = type(`npx ${program} ${words.join(' ')} --help`);
      expect(status, `${at}: ${stderr}`).toBe(0);
      expect(stdout, at).toContain(`Usage: ${program} ${words[0]}`);
      const options = ours
        .filter((call) => [call.program, ...call.words].join(' ') === name)
        .flatMap((call) => call.options);
      for (const option of options) expect(stdout, at).toContain(option);
    },
  );
});
