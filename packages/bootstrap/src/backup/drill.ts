import { randomBytes } from 'node:crypto';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from '@clawharbor/config-merge';
import { diskError } from '../disk-error.ts';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { furnish, whyNoOwnWorld } from '../host/own-world.ts';
import { must } from '../host/systemd/command.ts';
import { gatewayUnitName, openclawEnvironment } from '../openclaw/gateway-unit.ts';
import { clearCredentials, knownSecrets } from '../secrets/known-secrets.ts';
import { redact } from '../secrets/redact.ts';
import { gatewayPort } from '../spec/pod-spec.ts';
import { inScratch, makeInScratch, type BackupContext } from './create.ts';
import { tryGateway } from './drill-gateway.ts';
import { newestOf } from './newest.ts';
import type { Drill } from './status.ts';
import type { BackupStore } from './store.ts';
import { unpackForWorld, type Unpacked } from './unpack.ts';

/** The gateway of a drill takes less than a gigabyte; the pod's own must not be the one that the kernel ends for it. */
const neededBytes = 1200 * 1024 * 1024;

/**
 * Restores the newest archive into a scratch place, starts a gateway of the pinned release on it, with channels, timers and
 * network off, and reads a session. The live state and the live gateway are not touched. Never throws for what it finds:
 * that is the drill's result.
 */
export async function drill(context: BackupContext, store: BackupStore): Promise<Drill> {
  const { host, spec, signal } = context;
  const started = host.now();
  const begun = host.elapsed();
  const newest = newestOf(await store.folder.list(), started);
  if (!newest) {
    throw new BootstrapError('BACKUP_NOT_FOUND', `There is no backup in ${store.folder.directory} to try.`);
  }
  const rows = newest.databases.flatMap((each) => Object.values(each.rows)).reduce((a, b) => a + b, 0);
  const result = (found: Partial<Drill>): Drill => ({
    id: newest.id,
    at: started.toISOString(),
    openclaw: spec.openclaw.version,
    seconds: Math.round(host.elapsed() - begun) / 1000,
    databases: newest.databases.length,
    rows,
    sessions: 0,
    messages: 0,
    ...found,
  });
  let archived = {};
  try {
    const missing = await whyNoOwnWorld(host);
    if (missing !== undefined) {
      throw new BootstrapError(
        'DRILL_FAILED',
        `No gateway was started on it: this machine gives no gateway a world of its own (unshare: ${missing}), and without one it could reach the live state.`,
      );
    }
    if (freemem() < neededBytes) {
      throw new BootstrapError(
        'DRILL_FAILED',
        `The machine has ${Math.floor(freemem() / 1024 ** 2)} MB of memory free, and a second gateway needs 1200. Take a larger instance type.`,
      );
    }
    return await inScratch(host, async (scratch) => {
      await furnish(host, scratch);
      const unpacked = await unpackForWorld(context, store.folder, newest, scratch);
      // Nobody else is in its network, so it has the port that the pod's own has.
      const port = gatewayPort(spec);
      const { environment, credentials } = await asidePlace(context, unpacked, scratch, port);
      archived = credentials;
      const seen = await tryGateway(host, spec, { scratch, port, environment, signal });
      if (seen.sessions > 0 && seen.messages === 0) {
        throw new BootstrapError('DRILL_FAILED', `No message could be read in ${seen.sessions} sessions.`);
      }
      return result(seen);
    });
  } catch (error) {
    signal.throwIfAborted();
    // Also what nobody has thought of, such as a config that is none: else it would be tried again each minute.
    const { code, message } =
      error instanceof BootstrapError ? error : (diskError(error) ?? unforeseen(error));
    const known = await knownSecrets(host, await host.units.secretEnvironment(gatewayUnitName));
    return result({ error: { code, message: redact(message, { ...archived, ...known }) } });
  }
}

function unforeseen(error: unknown): BootstrapError {
  return new BootstrapError('DRILL_FAILED', (error as Error).message, { cause: error });
}

/**
 * Makes the unpacked state one that a gateway can start on in a world of its own, where it lies in the place of the live one.
 * @returns the environment for it, and the credentials that its config holds in clear
 */
async function asidePlace(
  { host, spec }: BackupContext,
  { state, from }: Unpacked,
  scratch: string,
  port: number,
): Promise<{ environment: Record<string, string>; credentials: Readonly<Record<string, string>> }> {
  const home = await makeInScratch(host, join(scratch, 'home'));
  // As the user whose it is: the agent is that user, too, and may exchange anything in there for a link by now.
  const asUser = (script: string, input = ''): Promise<string> =>
    must((command) => host.run(command), {
      file: 'sh',
      args: ['-c', `umask 077; ${script}`, 'sh', state],
      input,
      outputLimit: 64 * 1024 * 1024,
      ...(host.gatewayUser === undefined ? {} : { user: host.gatewayUser }),
    });
  // The cache leads to that of the live one.
  const written = await asUser('if [ -h "$1/cache" ]; then rm "$1/cache"; fi; cat "$1/openclaw.json"');
  const document = parseDocument(written, { lenient: true });
  const gateway = { ...(document['gateway'] as object | undefined), port };
  // A pod of another machine may have had its state elsewhere.
  const text = JSON.stringify({ ...document, gateway }).replaceAll(
    JSON.stringify(from).slice(1, -1),
    JSON.stringify(host.layout.state).slice(1, -1),
  );
  await asUser('cat >"$1/openclaw.json"', text);
  const environment = {
    ...openclawEnvironment(host, spec),
    ...(await secretsInName(host)),
    HOME: home,
    XDG_CACHE_HOME: join(home, '.cache'),
    npm_config_cache: join(home, '.npm'),
    OPENCLAW_GATEWAY_PASSWORD: randomBytes(24).toString('hex'),
    OPENCLAW_OFFLINE: '1',
    OPENCLAW_SKIP_CHANNELS: '1',
    OPENCLAW_SKIP_CRON: '1',
    OPENCLAW_SKIP_GMAIL_WATCHER: '1',
    OPENCLAW_SKIP_BROWSER_CONTROL_SERVER: '1',
    OPENCLAW_SKIP_STARTUP_MODEL_PREWARM: '1',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  return { environment, credentials: clearCredentials(document) };
}

/** The config names variables, and a gateway does not start without them. A drill calls nobody, so it needs no value. */
async function secretsInName({ units }: Host): Promise<Record<string, string>> {
  const names = Object.keys(await units.secretEnvironment(gatewayUnitName));
  return Object.fromEntries(names.map((name) => [name, 'not-in-a-drill']));
}
