import * as z from 'zod';
import type { Host } from '../host/host.ts';

/** What a gateway says of itself. */
export interface ReadyAnswer {
  /** HTTP status of `/readyz`: 200 also where nothing but accounts of channels is what it complains of. Undefined: no answer. */
  readonly status: number | undefined;
  /** Channels with an account that does not work, as in `telegram`. */
  readonly brokenChannels: readonly string[];
}

/** What a caller from this machine is told besides the status: `docs/gateway/health.md` of OpenClaw. */
const body = z.object({ failing: z.array(z.string()) });

/** What is no channel's: it serves nobody for it. Reasons of a start and of an end are told by `/startupz`. */
const ofTheGateway = /^(agent-database:|plugin-reload$|state-database$)/;

/**
 * Asks a gateway whether it serves people. OpenClaw 2026.9.5 and 2026.9.6 are "not ready" for as long as one account of one
 * channel is refused, as by a token that was revoked, and serve everybody else all the while: no reason to replace an instance,
 * or to do without backups.
 */
export async function askReady(host: Host, port: number): Promise<ReadyAnswer> {
  const answer = await host.probe(`http://127.0.0.1:${port}/readyz`);
  const failing = answer?.status === 503 ? failingIn(answer.body) : [];
  if (failing.length === 0 || failing.some((each) => ofTheGateway.test(each)))
    return { status: answer?.status, brokenChannels: [] };
  const started = await host.probe(`http://127.0.0.1:${port}/startupz`);
  return started?.status === 200
    ? { status: 200, brokenChannels: failing }
    : { status: answer?.status, brokenChannels: [] };
}

function failingIn(text: string): readonly string[] {
  try {
    return body.parse(JSON.parse(text)).failing;
  } catch {
    return [];
  }
}
