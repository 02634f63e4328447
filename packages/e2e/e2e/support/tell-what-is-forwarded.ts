/**
 * Loaded into the process of a pod (`node --import`): writes down what its load balancer passes on, as it is sent, so that a test can say
 * that a request got no further, and has an assertion that the load balancer really signed.
 */
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';

export const forwardedVariable = 'CLAWHARBOR_E2E_FORWARDED';

const file = process.env[forwardedVariable];
// Nothing that the pod starts is told of.
delete process.env['NODE_OPTIONS'];
delete process.env[forwardedVariable];

if (file !== undefined) {
  subscribe('http.client.request.start', (message) => {
    // Headers that were given as a list are in the text alone: Node.js 24 has no documented way to it.
    const { _header: text } = (message as { request: { _header?: string | null } }).request;
    if (typeof text === 'string' && /^x-amzn-trace-id:/im.test(text)) {
      appendFileSync(file, `${JSON.stringify(text)}\n`, { mode: 0o600 });
    }
  });
}
