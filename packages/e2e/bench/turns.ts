/** Chat turns of one person, as a load balancer passes them on: run in the network of an instance. Prints the milliseconds of each as JSON. */
import { performance } from 'node:perf_hooks';
import { GatewayClient } from '../e2e/support/gateway-client.ts';

const [origin = '', address = '', count = '6'] = process.argv.slice(2);
// The pod's administrator: the main session of the agent belongs to whoever writes into it first.
const headers = {
  host: new URL(origin).host,
  'x-amzn-oidc-identity': 'nobody-logs-in-here',
  'x-amzn-oidc-data': 'present',
  'x-forwarded-for': '203.0.113.7',
  'x-forwarded-proto': 'https',
};
const client = await GatewayClient.connect(origin, headers, address);
const turns: number[] = [];
for (let turn = 1; turn <= Number(count); turn++) {
  const began = performance.now();
  await client.say(`Say harbor-${turn}`);
  turns.push(Math.round(performance.now() - began));
}
client.close();
console.log(JSON.stringify(turns));
