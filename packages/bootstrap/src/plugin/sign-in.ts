import { signInPath, unsigned } from '@clawharbor/openclaw-plugin/config';
import * as z from 'zod';
import { parseOrNothing } from '../config/files.ts';
import { BootstrapError } from '../errors.ts';
import type { Layout } from '../host/layout.ts';
import { gatewayPort, type PodSpec } from '../spec/pod-spec.ts';
import type { StepContext } from '../steps/step.ts';
import { clawharborPlugin } from './directory.ts';

/** Whether the load balancer signs whom a request is from, so that nobody here can come as somebody. */
export function isSigned(spec: PodSpec, layout: Layout): boolean {
  return spec.login?.loadBalancer !== undefined && clawharborPlugin(spec, layout) !== undefined;
}

/** A gateway that has just begun to listen may be too busy for anybody. */
const usualPatience = 30_000;

const answer = z.object({ reason: z.string() });

/**
 * Waits until whoever signs in at the load balancer would be let in by the running gateway. Ready says nothing of it: without
 * AF_NETLINK OpenClaw 2026.9.6 is ready, and refuses everybody, because it cannot tell the load balancer's address from its own
 * machine's. So its plugin tries, inside of it, by the load balancer's own way up to the signature. A plugin that is of before this
 * question, or has nobody to speak for, does not answer it, which says nothing.
 * @param patience in milliseconds
 * @throws BootstrapError `GATEWAY_LETS_NOBODY_IN`
 */
export async function untilSignInWorks(
  { host, spec, signal }: Pick<StepContext, 'host' | 'spec' | 'signal'>,
  patience = usualPatience,
): Promise<void> {
  if (clawharborPlugin(spec, host.layout) === undefined) return;
  const url = `http://127.0.0.1:${gatewayPort(spec)}${signInPath}`;
  const until = host.elapsed() + patience;
  for (;;) {
    const said = await host.probe(url);
    const parsed = answer.safeParse(said?.status === 200 ? parseOrNothing(said.body) : undefined);
    if ((said !== undefined && !parsed.success) || parsed.data?.reason === unsigned) return;
    signal.throwIfAborted();
    if (host.elapsed() > until) throw nobody(url, parsed.data?.reason);
    await host.sleep(250, signal).catch(() => {});
  }
}

function nobody(url: string, reason: string | undefined): BootstrapError {
  const why =
    reason === undefined
      ? `${url} does not answer`
      : `a sign-in as the load balancer makes it, but without its signature, gets "${reason}" and not "${unsigned}"`;
  return new BootstrapError(
    'GATEWAY_LETS_NOBODY_IN',
    `The gateway is ready, and would let nobody in: ${why}. See gateway.auth and gateway.trustedProxies of its config, and what its unit may do.`,
  );
}
