import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { artifactCache } from './support/local-pod.ts';

// What somebody types who has read the READMEs, in a clone of this working tree, with the host's Node.js.
// `test/documented-commands.test.ts` holds that each command of a README is here, or proved elsewhere.
const repository = join(import.meta.dirname, '../../..');
const clone = mkdtempSync(join(tmpdir(), 'clawharbor-newcomer-'));
const PATH = (process.env['PATH'] ?? '')
  .split(delimiter)
  .filter((folder) => !folder.includes('node_modules'))
  .join(delimiter);
// Without what npm and vitest add for theirs.
const env = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_|node_(env|options|path)|nx_|vitest|init_cwd)/i.test(name),
    ),
  ),
  PATH,
  // Where pods of this user are looked for: a newcomer has no other.
  XDG_RUNTIME_DIR: mkdtempSync(join(tmpdir(), 'clawharbor-runtime-')),
};

/** Types a command line and waits for its end. */
function type(command: string, folder = '.') {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
    cwd: join(clone, folder),
    env,
    encoding: 'utf8',
    timeout: 400_000,
  });
  return { status, stdout, stderr };
}

class Foreground {
  readonly #child: ChildProcess;
  output = '';

  /** Types a command line that stays, and leaves it in the foreground of a terminal of its own. */
  constructor(command: string, folder = '.') {
    this.#child = spawn('sh', ['-c', `exec ${command}`], { cwd: join(clone, folder), env, detached: true });
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      stream.setEncoding('utf8').on('data', (chunk: string) => (this.output += chunk));
  }

  async says(words: RegExp): Promise<void> {
    await expect
      .poll(() => this.output + (this.#ended ? ' (ended)' : ''), { timeout: 400_000, interval: 500 })
      .toMatch(new RegExp(`${words.source}|\\(ended\\)$`));
    expect(this.output).toMatch(words);
  }

  get #ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** As a terminal does on Ctrl-C: everything that the command started hears it. */
  interrupt(): void {
    if (!this.#ended) process.kill(-this.#child.pid!, 'SIGINT');
  }

  async end(): Promise<number | null> {
    if (!this.#ended) await once(this.#child, 'exit');
    return this.#child.exitCode;
  }
}

let installed: ReturnType<typeof type>;
let running: Foreground | undefined;

beforeAll(() => {
  const listed = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: repository,
    encoding: 'utf8',
  });
  for (const file of listed.stdout.split('\0').filter((path) => existsSync(join(repository, path)) && path)) {
    mkdirSync(join(clone, dirname(file)), { recursive: true });
    cpSync(join(repository, file), join(clone, file));
  }
  installed = type('npm ci');
  // Without what an earlier run has kept it takes a minute longer, and proves the same.
  if (existsSync(artifactCache)) {
    for (const pod of ['.clawharbor/artifacts', 'laptop/.pod/artifacts'])
      cpSync(artifactCache, join(clone, pod), { recursive: true });
  }
});

afterAll(async () => {
  running?.interrupt();
  await running?.end();
  rmSync(clone, { recursive: true, force: true });
});

test('the README from top to bottom', { timeout: 900_000 }, async () => {
  expect(installed.status, installed.stderr).toBe(0);
  // Whatever Node.js the host has, there is nothing to wonder about.
  expect(installed.stderr.split('\n').filter(Boolean)).toEqual([]);

  running = new Foreground('npx projen local');
  await running.says(/https:\/\/localhost:8443/);

  const status = type('npx clawharbor-local status');
  expect(status, status.stderr).toMatchObject({ status: 0 });
  expect(status.stdout).toContain('InService');
  const replaced = type('npx clawharbor-local replace');
  expect(replaced, replaced.stderr).toMatchObject({ status: 0 });
  // The new instance finds the config as it was left, and reports no change that nobody made.
  const { report } = JSON.parse(type('npx clawharbor-local status --json').stdout) as {
    report: { steps: { name: string; changes: string[]; warnings: unknown[] }[] };
  };
  expect(report.steps.find(({ name }) => name === 'merge-config')).toMatchObject({
    changes: [],
    warnings: [],
  });
  writeFileSync(join(clone, 'key.txt'), 'sk-ant-of-a-newcomer\n');
  const set = type('npx clawharbor-local secret set ANTHROPIC_API_KEY < key.txt');
  expect(set, set.stderr).toMatchObject({ status: 0 });
  const down = type('npx clawharbor-local down');
  expect(down, down.stderr).toMatchObject({ status: 0 });
  expect(await running.end()).toBe(0);
  expect(running.output).not.toContain('sk-ant-of-a-newcomer');
});

test("the bootstrap's README: a gateway on a laptop, until Ctrl-C", async () => {
  const readme = readFileSync(join(repository, 'packages/bootstrap/README.md'), 'utf8');
  mkdirSync(join(clone, 'laptop'), { recursive: true });
  writeFileSync(join(clone, 'laptop/pod.json'), /^```json\n(.*?)^```/ms.exec(readme)![1]!);
  const command =
    'npx -p @clawharbor/bootstrap clawharbor-bootstrap run --spec pod.json --host process ' +
    '--root .pod/instance --state .pod/efs --artifacts .pod/artifacts --stay';
  running = new Foreground(command, 'laptop');
  await running.says(/ready after/);
  expect(await listens(18_789)).toBe(true);
  running.interrupt();
  // By the signal, as whoever was interrupted ends.
  await running.end();
  expect(await listens(18_789)).toBe(false);
});

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  // An error rejects.
  const connected = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return connected;
}
