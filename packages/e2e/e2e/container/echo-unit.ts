import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { environmentFile, gatewayAccount, renderUnit } from '@clawharbor/bootstrap/systemd';
import { z } from 'zod';
import type { SystemdContainer } from '../../src/container/index.ts';

const toldSchema = z.object({
  environment: z.record(z.string(), z.string()),
  words: z.array(z.string()),
  /** What the kernel adds to the score by which it chooses whom to end: of a program that asked to be the first. */
  toolScore: z.number(),
});
export type Told = z.output<typeof toldSchema>;

const said = '/var/cache/openclaw/said.json';
const tell = `
const variables = Object.entries(process.env).filter(([name]) => /^(SECRET|PUBLIC)_/.test(name));
const asked = 'echo 1000 > /proc/self/oom_score_adj; cat /proc/self/oom_score_adj';
const toolScore = Number(require('node:child_process').execFileSync('/bin/sh', ['-c', asked]));
const told = { environment: Object.fromEntries(variables), words: process.argv.slice(1), toolScore };
require('node:fs').writeFileSync('${said}.new', JSON.stringify(told));
require('node:fs').renameSync('${said}.new', '${said}');
setInterval(() => {}, 60_000);
`;

/** Starts a unit with these values, rendered as the bootstrap does. @returns what the process then sees */
export async function startAndTell(
  machine: SystemdContainer,
  given: {
    readonly variables: Record<string, string>;
    readonly environment: Record<string, string>;
    readonly words: readonly string[];
  },
): Promise<Told> {
  const unit = renderUnit({
    name: 'echo',
    description: 'Tells what it was given',
    command: ['/usr/bin/node-24', '-e', tell.replaceAll('\n', ' '), '--', ...given.words],
    environment: given.environment,
    workingDirectory: '/var/cache/openclaw',
    user: gatewayAccount.name,
    writable: ['/var/cache/openclaw'],
    lockFile: '/var/cache/openclaw/echo.lock',
    restart: { delaySeconds: 1, neverOn: [], burst: { starts: 1, seconds: 60 } },
    stopTimeoutSeconds: 5,
  });
  await writeFile(join(machine.root, 'etc/systemd/system/echo.service'), unit);
  // /run is a tmpfs of the machine: only from inside can it be written.
  await machine.succeed('sh', ['-c', 'mkdir -p /run/echo && umask 077 && cat > /run/echo/environment'], {
    input: environmentFile(given.variables),
  });
  await machine.succeed('systemctl', ['daemon-reload']);
  await machine.succeed('systemctl', ['start', 'echo.service']);
  try {
    const wait = `until [ -f ${said} ]; do sleep 0.1; done; cat ${said}`;
    return toldSchema.parse(JSON.parse(await machine.succeed('timeout', ['30', 'sh', '-c', wait])));
  } finally {
    await machine.succeed('systemctl', ['stop', 'echo.service']);
    await machine.succeed('rm', [
      '-f',
      said,
      '/etc/systemd/system/echo.service',
      '/var/cache/openclaw/echo.lock',
    ]);
  }
}
