import { randomBytes } from 'node:crypto';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { signInPath, unsigned } from '@clawharbor/openclaw-plugin/config';
import { inScratch } from '../backup/create.ts';
import { BackupFolder } from '../backup/folder.ts';
import { unpackForWorld } from '../backup/unpack.ts';
import { acceptConfig, type AcceptedConfig } from '../config/accept-config.ts';
import { movable, type LiveConfig } from '../config/config-set.ts';
import { readLive, wantedBy } from '../config/live-config.ts';
import type { Wanted } from '../config/merge.ts';
import { BootstrapError } from '../errors.ts';
import { balancerSocket, furnish, inOwnWorld, whyNoOwnWorld } from '../host/own-world.ts';
import { gatewayUnit, installDirectory } from '../openclaw/gateway-unit.ts';
import { proxyAddress, signInHeaders } from '../openclaw/sign-in.ts';
import { openclawReleases } from '../openclaw-release.ts';
import { isSigned } from '../plugin/sign-in.ts';
import { knownSecrets } from '../secrets/known-secrets.ts';
import { redact } from '../secrets/redact.ts';
import { gatewayPort } from '../spec/pod-spec.ts';
import type { StepContext } from '../steps/step.ts';
import { layOutCopy } from './cold-copy.ts';
import { readState } from './counts.ts';
import { objections } from './gate.ts';
import { parseTrial, trialProgram, type TrialInput } from './trial-gateway.ts';
import { pointedAtTrialModel, trialModelPort } from './trial-model.ts';

/** What a rehearsal found out that the upgrade itself can use. */
export interface Rehearsed {
  /** The config that the release gets, and the one that it was made of. */
  readonly config: { readonly live: LiveConfig | undefined; readonly accepted: AcceptedConfig };
  /** From the start of its gateway to ready. Absent: it was not started. */
  readonly readyMs?: number | undefined;
  /** Why it was only half of one. Absent: it was a whole one. */
  readonly skipped?: string;
}

/**
 * Starts the release of the spec on a copy of the state, with the config that it will get, and looks at it as at the real
 * one. The pod goes on meanwhile, and nothing of it is touched: the copy is what its own backup restores to, channels and
 * schedules are off, and there is no network, nor any real secret. So its agents get a model that is in there with them.
 *
 * @param backup name of a backup of the state, made for this; undefined: there is a cold copy instead
 * @throws BootstrapError `UPGRADE_REHEARSAL_FAILED`
 */
export async function rehearse(
  context: StepContext,
  backup: string | undefined,
  watchSeconds: number,
): Promise<Rehearsed> {
  const { host, spec, signal } = context;
  const { live, unreadable } = await readLive(host);
  if (unreadable !== undefined) throw await refused(context, [unreadable.message]);
  const wanted = await wantedBy(host, spec);
  const accepted = await acceptConfig(host, spec, live, wanted);
  if ('rejected' in accepted) throw await refused(context, [accepted.rejected]);
  const config = { live, accepted };
  const missing = await whyNoOwnWorld(host, isElsewhere(proxyAddress(wanted.desired)));
  if (missing !== undefined) {
    return { config, skipped: `this machine gives no gateway a world of its own (unshare: ${missing})` };
  }
  const readyMs = await inScratch(host, async (scratch) => {
    await furnish(host, scratch);
    await (backup === undefined
      ? layOutCopy(host, join(scratch, 'state'))
      : unpack(context, backup, scratch));
    signal.throwIfAborted();
    return await tryRelease(context, { scratch, wanted, accepted, watchSeconds });
  });
  return { config, readyMs };
}

interface Trying {
  readonly scratch: string;
  readonly wanted: Wanted;
  readonly accepted: AcceptedConfig;
  readonly watchSeconds: number;
}

async function tryRelease(
  context: StepContext,
  { scratch, wanted, accepted, watchSeconds }: Trying,
): Promise<number | undefined> {
  const { host, spec } = context;
  const copy = join(scratch, 'state');
  const { counts: before } = await readState(host, copy, false);
  const unit = gatewayUnit(host, spec, totalmem());
  const address = proxyAddress(wanted.desired);
  const socketPath = isElsewhere(address) ? balancerSocket : undefined;
  const modelPort = trialModelPort(gatewayPort(spec));
  // What a load balancer has signed, nobody here can say.
  const attempt = isSigned(spec, host.layout) ? { attempt: { path: signInPath, fine: unsigned } } : {};
  const input: TrialInput = {
    command: unit.command,
    install: join(installDirectory(host.layout, spec.openclaw.version), 'package.json'),
    port: gatewayPort(spec),
    modelPort,
    readySeconds: spec.readyTimeoutSeconds,
    watchSeconds,
    files: Object.fromEntries(movable(pointedAtTrialModel(host, accepted.set, modelPort), host.layout.state)),
    state: host.layout.state,
    ...(address === undefined
      ? {}
      : { signIn: { socketPath, headers: signInHeaders(wanted.desired), ...attempt } }),
  };
  const result = await host.run(
    inOwnWorld(
      host,
      {
        file: host.node,
        args: ['--input-type=module', '--eval', trialProgram],
        cwd: '/',
        input: JSON.stringify(input),
        environment: {
          ...unit.environment,
          ...quiet,
          ...(await harmlessSecrets(context)),
        },
        timeoutSeconds: spec.readyTimeoutSeconds + watchSeconds + 300,
      },
      { scratch, balancer: isElsewhere(address) ? { address, port: gatewayPort(spec) } : undefined },
    ),
  );
  const trial = parseTrial(result.stdout);
  if (trial === undefined)
    throw await refused(context, ['it could not be tried'], result.stderr.trim().split('\n').slice(-12));
  const hasTurn = trial.unanswered === undefined && trial.silent === undefined;
  const found = objections(
    { ...trial, state: await readState(host, copy, true) },
    { before, hasTurn, wanted, release: openclawReleases[spec.openclaw.version] },
  );
  if (found.length > 0) throw await refused(context, found, trial.lines);
  return trial.readyMs;
}

/** Whether the load balancer is another machine. On a laptop it is this one, and on others there is none. */
function isElsewhere(address: string | undefined): address is string {
  return address?.startsWith('127.') === false;
}

/** What leads outside stays off; schedules would do again what the real gateway does. */
const quiet = {
  OPENCLAW_SKIP_CHANNELS: '1',
  OPENCLAW_SKIP_CRON: '1',
  OPENCLAW_SKIP_GMAIL_WATCHER: '1',
  npm_config_offline: 'true',
};

/** Variables of the same names: a config refers to them. */
async function harmlessSecrets({ secretEnvironment }: StepContext): Promise<Record<string, string>> {
  const names = Object.keys(await secretEnvironment());
  return Object.fromEntries(names.map((name) => [name, randomBytes(24).toString('base64url')]));
}

/** Restores a backup as a restore does, so that its state lies at `state` of the scratch directory. */
async function unpack(context: StepContext, id: string, scratch: string): Promise<void> {
  const { host } = context;
  const folder = new BackupFolder(host.layout);
  const manifest = await folder.read(id);
  if (manifest === undefined)
    throw new BootstrapError('UPGRADE_NOT_POSSIBLE', `${folder.archiveOf(id)} is not there any more.`);
  await unpackForWorld(context, folder, manifest, scratch);
}

async function refused(
  { host, spec, secretEnvironment }: StepContext,
  found: readonly string[],
  lines: readonly string[] = [],
): Promise<BootstrapError> {
  const said = lines.length > 0 ? `\nIts last lines:\n${lines.join('\n')}` : '';
  const message = `OpenClaw ${spec.openclaw.version} was tried on a copy of the state: ${found.join('; ')}. The pod was not touched.${said}`;
  const known = await knownSecrets(host, await secretEnvironment());
  return new BootstrapError('UPGRADE_REHEARSAL_FAILED', redact(message, known));
}
