import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NewcomersClone, type Foreground } from '../support/newcomers-clone.ts';

let clone: NewcomersClone;
let running: Foreground | undefined;

beforeAll(() => {
  clone = new NewcomersClone();
  expect(clone.type('npm ci').status).toBe(0);
  clone.keepsArtifacts('laptop/.pod/artifacts');
});

afterAll(async () => {
  running?.interrupt();
  await running?.end();
  clone.remove();
});

test("the bootstrap's README: a gateway on a laptop, until Ctrl-C", async () => {
  const readme = readFileSync(join(clone.directory, 'packages/bootstrap/README.md'), 'utf8');
  mkdirSync(join(clone.directory, 'laptop'), { recursive: true });
  writeFileSync(join(clone.directory, 'laptop/pod.json'), /^```json\n(.*?)^```/ms.exec(readme)![1]!);
  const command =
    'npx -p @clawharbor/bootstrap clawharbor-bootstrap run --spec pod.json --host process ' +
    '--root .pod/instance --state .pod/efs --artifacts .pod/artifacts --stay';
  running = clone.leave(command, 'laptop');
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
