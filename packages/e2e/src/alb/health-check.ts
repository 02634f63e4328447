/**
 * One health check: a GET on a connection of its own, closed afterwards.
 *
 * Elastic Load Balancing, "Health checks for Application Load Balancer target groups" (see target-health.ts) and
 * "A registered target is not in service": the Host header is the target's address with the health check port, the user
 * agent is ELB-HealthChecker/2.0
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#target-not-inservice).
 * There is no X-Forwarded-For: the request comes from the load balancer itself.
 */
import { request } from 'node:http';

import type { TargetGroupProperties } from './shapes.ts';
import { type Address, type Connect, dial } from './target-connection.ts';
import type { ProbeResult } from './target-health.ts';

const timedOut: ProbeResult = { passed: false, reason: 'Target.Timeout', description: 'Request timed out' };
const failed: ProbeResult = {
  passed: false,
  reason: 'Target.FailedHealthChecks',
  description: 'Health checks failed',
};

export async function probe(
  target: Address,
  settings: TargetGroupProperties,
  connect: Connect,
): Promise<ProbeResult> {
  const port = settings.HealthCheckPort === 'traffic-port' ? target.port : settings.HealthCheckPort;
  const address = { host: target.host, port };
  const signal = AbortSignal.timeout(settings.HealthCheckTimeoutSeconds * 1000);
  try {
    const status = await ask(address, settings.HealthCheckPath, connect, signal);
    return isSuccess(settings.Matcher.HttpCode, status)
      ? { passed: true }
      : {
          passed: false,
          reason: 'Target.ResponseCodeMismatch',
          description: `Health checks failed with these codes: [${status}]`,
        };
  } catch {
    return signal.aborted ? timedOut : failed;
  }
}

async function ask(
  { host, port }: Address,
  path: string,
  connect: Connect,
  signal: AbortSignal,
): Promise<number> {
  const socket = await Promise.race([
    dial(connect, { host, port }),
    new Promise<never>((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(new Error('timed out')), { once: true }),
    ),
  ]);
  try {
    return await new Promise((resolve, reject) => {
      const sent = request({
        createConnection: () => socket,
        path,
        signal,
        headers: { Host: `${host}:${port}`, Connection: 'close', 'User-Agent': 'ELB-HealthChecker/2.0' },
      });
      sent.once('response', (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0)).once('error', reject);
      });
      // A target may also hang up without an error, after an answer that is none.
      sent
        .once('error', reject)
        .once('close', () => reject(new Error('closed')))
        .end();
    });
  } finally {
    socket.destroy();
  }
}

/** `codes` is the Matcher: codes and ranges, such as `200,202` or `200-299`. */
function isSuccess(codes: string, status: number): boolean {
  return codes.split(',').some((range) => {
    const [from = '', to = from] = range.split('-');
    return status >= Number(from) && status <= Number(to);
  });
}
