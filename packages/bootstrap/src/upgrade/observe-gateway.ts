import { get } from 'node:http';
import * as z from 'zod';
import { BootstrapError } from '../errors.ts';
import { userList } from '../openclaw/administrators.ts';
import { gatewayCall } from '../openclaw/gateway-call.ts';
import { gatewayUnitName } from '../openclaw/gateway-unit.ts';
import { askReady } from '../openclaw/ready-answer.ts';
import { proxyAddress, signInHeaders } from '../openclaw/sign-in.ts';
import { isSigned, untilSignInWorks } from '../plugin/sign-in.ts';
import { gatewayPort } from '../spec/pod-spec.ts';
import type { StepContext } from '../steps/step.ts';
import { whySilent } from './ask-again.ts';
import { readState } from './counts.ts';
import type { Seen } from './gate.ts';

/**
 * Long enough for what a release does only after it is ready: channels, schedules and plugins start in the first seconds,
 * and one that leaks or trips over them has shown it by then.
 */
export const usualWatchSeconds = 30;

const pollMilliseconds = 500;

/** What `config.get` and `sessions.list` answer, as far as it is asked. */
const configAnswer = z.object({
  /** Over all files, variables filled in, without defaults. */
  resolved: z.record(z.string(), z.unknown()),
  configRevisionHash: z.string().nullish(),
  appliedConfigHash: z.string().nullish(),
});
const sessionsAnswer = z.object({ sessions: z.array(z.unknown()) });

export interface Observing {
  /** How long it is looked at. */
  readonly watchSeconds: number;
  /** Whether its default model is asked. */
  readonly mustAnswer: boolean;
}

/** Looks at the gateway of the pod, once it is ready, for a while. */
export async function observeGateway(
  context: StepContext,
  { watchSeconds, mustAnswer }: Observing,
): Promise<Seen> {
  const { host, spec } = context;
  // Counted before people can be back for long: what they delete is no loss of the release.
  const { counts } = await readState(host, host.layout.state, false);
  const watched = watch(context, watchSeconds);
  const anonymous = await host.probe(`http://127.0.0.1:${gatewayPort(spec)}/control-ui-config.json`);
  const answers = await ask(context);
  const down = await watched;
  const state = await readState(host, host.layout.state, false);
  // Last, because a question is a session of its own, and would stand in for one that was lost.
  const silent = mustAnswer && down === undefined ? await whySilent(context) : undefined;
  return {
    ...(down === undefined ? {} : { down }),
    ...(anonymous === undefined ? {} : { anonymous: anonymous.status }),
    ...answers,
    ...(silent === undefined
      ? {}
      : { silent: `the default model does, asked by the old release, and not by this one: ${silent}` }),
    state: { ...state, counts },
  };
}

async function ask(
  context: StepContext,
): Promise<Pick<Seen, 'config' | 'isOther' | 'unanswered' | 'sessions' | keyof SignedIn>> {
  try {
    const answer = configAnswer.parse(await gatewayCall(context, 'config.get', {}));
    const { resolved: config, configRevisionHash: onDisk, appliedConfigHash: applied } = answer;
    const isOther = typeof onDisk === 'string' && typeof applied === 'string' && onDisk !== applied;
    const { sessions } = sessionsAnswer.parse(await gatewayCall(context, 'sessions.list', {}));
    return { config, isOther, sessions: sessions.length, ...(await signIn(context)) };
  } catch (error) {
    if (error instanceof BootstrapError) return { unanswered: error.message };
    if (error instanceof z.ZodError) return { unanswered: 'its answer has another form than it had' };
    throw error;
  }
}

type SignedIn = Pick<Seen, 'signedIn' | 'impostor' | 'lockedOut'>;

/**
 * A sign-in in the words of the load balancer, from this machine. Where that is no load balancer, or where that one signs
 * whom it speaks of, it must fail; there the gateway itself is asked what would become of one. Where it is one, it is made for
 * somebody whom the gateway knows: a stranger would become a person.
 */
async function signIn(context: StepContext): Promise<SignedIn> {
  const { host, spec } = context;
  const { config } = spec.openclaw;
  const address = proxyAddress(config);
  if (address === undefined) return {};
  const signed = isSigned(spec, host.layout);
  if (signed || !address.startsWith('127.')) {
    const lockedOut = signed ? await whyLockedOut(context) : undefined;
    const impostor = await statusFor(context, signInHeaders(config));
    return { impostor, ...(lockedOut === undefined ? {} : { lockedOut }) };
  }
  const { profiles } = userList.parse(await gatewayCall(context, 'users.list', {}));
  const identity = profiles.flatMap(({ emails }) => emails)[0];
  return identity === undefined
    ? {}
    : { signedIn: await statusFor(context, signInHeaders(config, identity)) };
}

async function whyLockedOut(context: StepContext): Promise<string | undefined> {
  try {
    await untilSignInWorks(context);
    return undefined;
  } catch (error) {
    if (error instanceof BootstrapError) return error.message;
    throw error;
  }
}

/** HTTP status; undefined while nobody answers. */
function statusFor({ spec }: StepContext, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve) => {
    const path = '/control-ui-config.json';
    const request = get(
      { host: '127.0.0.1', port: gatewayPort(spec), path, headers, timeout: 5000 },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    request.on('timeout', () => request.destroy()).on('error', () => resolve(undefined));
  });
}

/** @returns why it did not stay up; undefined if it did */
async function watch({ host, spec, signal }: StepContext, seconds: number): Promise<string | undefined> {
  const started = host.elapsed();
  const first = await host.units.state(gatewayUnitName);
  while (host.elapsed() < started + seconds * 1000) {
    await host.sleep(pollMilliseconds, signal);
    const { status, pid, exitCode } = await host.units.state(gatewayUnitName);
    if (status === 'active' && pid === first.pid) continue;
    const end = exitCode === undefined ? 'ended' : `exited with code ${exitCode}`;
    return `${end} ${Math.round((host.elapsed() - started) / 1000)} s after it was ready`;
  }
  const answer = await askReady(host, gatewayPort(spec));
  return answer.status === 200 ? undefined : 'was ready and is no longer';
}
