import { join } from 'node:path';
import { parseDocument, type JsonObject } from '@clawharbor/config-merge';
import { diskErrorIn } from '../disk-error.ts';
import type { Host } from '../host/host.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import { temporaryOf } from '../temporary/name.ts';
import { openclawEnvironment, openclawProgram } from './gateway-unit.ts';

/**
 * Brings a config of an older release into the form of the pinned one, as its gateway does at its start: `config
 * validate` refuses what that start takes, and `doctor --fix` changes more than the form (measured on 2026.9.6). The
 * gateway gets a copy and an empty state, and is ended as soon as it has written the copy; it migrates before it opens
 * anything. With plugins that are missing this takes up to a minute.
 *
 * @returns undefined if the gateway does not take the config
 * @throws BootstrapError `DISK_FULL`, `DISK_READ_ONLY`
 */
export async function migrateConfig(
  host: Host,
  spec: PodSpec,
  config: JsonObject,
): Promise<JsonObject | undefined> {
  const { layout, node, gatewayUser } = host;
  const result = await host.run({
    file: node,
    args: ['--input-type=module', '--eval', program],
    cwd: layout.state,
    input: JSON.stringify({
      home: temporaryOf(join(layout.cache, 'config')),
      config: JSON.stringify(config),
      command: [openclawProgram(layout, spec.openclaw.version), 'gateway'],
      real: { home: layout.home, state: layout.state },
    }),
    environment: {
      ...openclawEnvironment(host, spec),
      // It talks to nobody: what plugins it lacks, the gateway itself will fetch.
      npm_config_offline: 'true',
      OPENCLAW_SKIP_CHANNELS: '1',
      OPENCLAW_SKIP_PROVIDERS: '1',
    },
    timeoutSeconds: 120,
    ...(gatewayUser === undefined ? {} : { user: gatewayUser }),
  });
  const full = result.exitCode === 0 ? undefined : diskErrorIn(result.stderr.slice(-500), layout.cache);
  if (full) throw full;
  if (result.exitCode !== 0 || result.stdout === '') return undefined;
  return parseDocument(result.stdout);
}

/** Runs apart from this program, as the gateway's user, so it is text. */
const program = `
import { spawn } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { text } from 'node:stream/consumers';

const { home, config, command, real } = JSON.parse(await text(process.stdin));
await mkdir(home, { mode: 0o700 });
try {
  const file = join(home, 'openclaw.json');
  await writeFile(file, config, { mode: 0o600 });
  const gateway = spawn(process.execPath, command, {
    env: { ...process.env, HOME: home, OPENCLAW_STATE_DIR: join(home, 'state'), OPENCLAW_CONFIG_PATH: file },
    detached: true,
    stdio: 'ignore',
  });
  let ended = false;
  const exit = new Promise((resolve) => gateway.once('close', () => resolve((ended = true))));
  let now = config;
  for (const deadline = performance.now() + 90_000; now === config && !ended && performance.now() < deadline; ) {
    await delay(50);
    now = await readFile(file, 'utf8').catch(() => config);
  }
  if (!ended) process.kill(-gateway.pid, 'SIGKILL');
  await exit;
  const settled = now.replaceAll(join(home, 'state'), real.state).replaceAll(home, real.home);
  if (now !== config) process.stdout.write(settled);
} finally {
  await rm(home, { recursive: true, force: true });
}
`;
