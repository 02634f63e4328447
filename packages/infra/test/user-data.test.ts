import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { userData } from '../src/parts/user-data.ts';

/** What S3 does with a request of the bundle: an HTTP status of an error, or a way not to answer in full. */
type Misbehaviour = number | 'silence' | 'reset' | 'half' | 'other bytes';

const bundle = `console.log('run', process.argv.slice(2).join(' '));\n`;

let directory: string;
let server: Server;
let misbehave: (request: number) => Misbehaviour | undefined;
let requests: number;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'user-data-'));
  requests = 0;
  server = createServer((_, response) => {
    const how = misbehave((requests += 1));
    if (how === 'reset') response.socket?.resetAndDestroy();
    else if (typeof how === 'number') response.writeHead(how).end('<Error/>');
    else if (how !== 'silence') {
      response.writeHead(200, { 'content-length': bundle.length });
      if (how === 'half') response.write(bundle.slice(0, 9), () => response.socket?.destroy());
      else response.end(how === 'other bytes' ? ' '.repeat(bundle.length) : bundle);
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  await rm(directory, { recursive: true });
});

/**
 * Runs user data with this machine's bash, in places of the test's. The AWS CLI is played with curl and without the tries
 * that it makes by itself; a pause takes no time and is written down.
 */
async function launch(): Promise<{ exitCode: number; stdout: string; pauses: number[] }> {
  const programs = join(directory, 'bin');
  const pauses = join(directory, 'pauses');
  await mkdir(programs);
  await writeFile(pauses, '');
  const object = `http://127.0.0.1:${(server.address() as AddressInfo).port}/bundle`;
  const fakes = {
    dnf: 'exit 0',
    sleep: `echo "$1" >>${pauses}`,
    aws: `eval "target=\\\${$#}"; exec curl --fail --silent --output "$target" ${object}`,
  };
  for (const [name, script] of Object.entries(fakes)) {
    await writeFile(join(programs, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(programs, name), 0o755);
  }
  const sha256 = createHash('sha256').update(bundle).digest('hex');
  const lines = userData({ bucket: 'b', key: 'k', sha256, region: 'eu-central-1', specParameter: '/spec' });
  const script = lines
    .join('\n')
    .replaceAll('/opt/clawharbor', join(directory, 'opt'))
    .replace('/run/', `${directory}/`)
    .replace('/usr/bin/node-24', process.execPath)
    .replace('timeout 60 ', 'timeout 1 ');
  const environment = { PATH: `${programs}:${process.env['PATH']}` };
  const ended = await promisify(execFile)('bash', ['-c', script], { env: environment }).then(
    ({ stdout }) => ({ exitCode: 0, stdout }),
    (error: { code: number; stdout: string }) => ({ exitCode: error.code, stdout: error.stdout }),
  );
  return { ...ended, pauses: (await readFile(pauses, 'utf8')).split('\n').filter(Boolean).map(Number) };
}

test.each<{ fault: string; how: Misbehaviour }>([
  { fault: '400', how: 400 },
  { fault: '403', how: 403 },
  { fault: '429', how: 429 },
  { fault: '500', how: 500 },
  { fault: 'no answer', how: 'silence' },
  { fault: 'a reset of the connection', how: 'reset' },
  { fault: 'half an answer', how: 'half' },
  { fault: 'other bytes than were deployed', how: 'other bytes' },
])(
  'fault (aws): S3, the program that an instance fetches: $fault → asked again five times in 77 s; if it lasts, nothing runs, and the timeout of the hook replaces the instance',
  async ({ how }) => {
    misbehave = (request) => (request <= 2 ? how : undefined);
    const passed = await launch();
    expect(passed.exitCode).toBe(0);
    expect(passed.stdout).toContain('run run --host systemd --spec ssm:/spec');
    expect(passed.pauses).toEqual([2, 5]);
    await rm(join(directory, 'bin'), { recursive: true });

    requests = 0;
    misbehave = () => how;
    const lasting = await launch();
    expect(lasting.exitCode).not.toBe(0);
    expect(lasting.stdout).not.toContain('run run');
    expect(requests).toBe(6);
    expect(lasting.pauses).toEqual([2, 5, 10, 20, 40]);
  },
);
