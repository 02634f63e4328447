#!/usr/bin/env bash
# AWS SDK for JavaScript, @aws-sdk/client-ssm 3.1169.0: `requestTimeout` of the HTTP handler does not end a request. A
# server that accepts the connection and says nothing is waited for although the time is over; what happens then is a
# line of warning. Only `throwOnRequestTimeout: true` beside it makes an error of it. Even so it covers no more than the
# first byte: an answer that stops in the middle is waited for with both.
#
# Run with Node 20 or newer. Ends with 0 while it is so, with 1 when the behaviour has changed. Takes about 15 seconds.
set -euo pipefail
cd "$(mktemp -d)"
echo '{ "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts @aws-sdk/client-ssm@3.1169.0

cat > ask.js <<'JS'
import { createServer } from 'node:net';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';

const half = 'HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: 100\r\n\r\n{';

/** What became of a request after five seconds, with a time-out of one second. */
async function ask(says, handler) {
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.once('data', () => socket.write(says));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const client = new SSMClient({
    region: 'eu-central-1',
    endpoint: `http://127.0.0.1:${server.address().port}`,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
    requestHandler: { requestTimeout: 1000, ...handler },
  });
  const asked = client.send(new GetParameterCommand({ Name: '/a' })).then(
    () => 'answered',
    (error) => error.name,
  );
  const outcome = await Promise.race([asked, new Promise((late) => setTimeout(late, 5000, 'still waiting'))]);
  for (const socket of sockets) socket.destroy();
  server.close();
  return outcome;
}

const outcomes = {
  'silence, requestTimeout': await ask('', {}),
  'silence, requestTimeout and throwOnRequestTimeout': await ask('', { throwOnRequestTimeout: true }),
  'half an answer, requestTimeout and throwOnRequestTimeout': await ask(half, { throwOnRequestTimeout: true }),
};
for (const [what, outcome] of Object.entries(outcomes)) console.log(`${what}: ${outcome}`);
const expected = ['still waiting', 'TimeoutError', 'still waiting'];
if (Object.values(outcomes).join() !== expected.join()) {
  console.log('The behaviour has changed.');
  process.exit(1);
}
process.exit(0);
JS
node ask.js
