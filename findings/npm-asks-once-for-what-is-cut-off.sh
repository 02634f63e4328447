#!/usr/bin/env bash
# npm 11.19.1: `fetch-retries` is for requests that get no answer and for answers such as 503. An answer that begins and
# is cut off, of a package's metadata or of its tarball, is asked for once: the install fails although the next request
# would have been answered. Who installs where connections break must run npm again.
#
# Run with Node 20 or newer. Ends with 0 while it is so, with 1 when the behaviour has changed. Takes about 15 seconds.
set -euo pipefail
cd "$(mktemp -d)"
echo '{ "private": true }' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts npm@11.19.1
mkdir parcel
echo '{ "name": "parcel", "version": "1.0.0" }' > parcel/package.json
node -e 'require("fs").writeFileSync("parcel/filler.bin", require("crypto").randomBytes(200000))'
npm pack --silent ./parcel > /dev/null

cat > ask.mjs <<'JS'
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const tarball = readFileSync('parcel-1.0.0.tgz');
const npm = join(process.cwd(), 'node_modules/npm/bin/npm-cli.js');

/** How often npm asks a registry that answers `path` wrongly the first `wrong` times, and how it ends. */
async function install(path, answerWrongly, wrong = 1) {
  let asked = 0;
  const server = createServer((request, response) => {
    const base = `http://127.0.0.1:${server.address().port}`;
    const dist = {
      tarball: `${base}/parcel-1.0.0.tgz`,
      integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
    };
    const metadata = {
      name: 'parcel',
      'dist-tags': { latest: '1.0.0' },
      versions: { '1.0.0': { name: 'parcel', version: '1.0.0', dist } },
    };
    const body = request.url === '/parcel' ? Buffer.from(JSON.stringify(metadata)) : tarball;
    if (request.url === path && ++asked <= wrong) return answerWrongly(response, body);
    response.end(body);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const folder = mkdtempSync(join(tmpdir(), 'asks-once-'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const options = {
    registry: `http://127.0.0.1:${server.address().port}/`,
    cache: join(folder, 'cache'),
    'fetch-retries': 3,
    'fetch-retry-mintimeout': 10,
    'fetch-retry-maxtimeout': 20,
  };
  const words = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const child = spawn(process.execPath, [npm, 'install', 'parcel@1.0.0', '--silent', ...words], {
    cwd: folder,
    stdio: 'ignore',
  });
  const code = await new Promise((ended) => child.once('close', ended));
  server.closeAllConnections();
  server.close();
  return `asked ${asked} times, ${code === 0 ? 'installed' : 'failed'}`;
}

const cutOff = (response, body) => {
  response.writeHead(200, { 'content-length': body.length });
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => setTimeout(() => response.destroy(), 200));
};
const unavailable = (response) => response.writeHead(503).end();

const outcomes = {
  'tarball, 503 once': await install('/parcel-1.0.0.tgz', unavailable),
  'tarball, cut off once': await install('/parcel-1.0.0.tgz', cutOff),
  'metadata, cut off once': await install('/parcel', cutOff),
};
for (const [what, outcome] of Object.entries(outcomes)) console.log(`${what}: ${outcome}`);
const expected = ['asked 2 times, installed', 'asked 1 times, failed', 'asked 1 times, failed'];
if (Object.values(outcomes).join() !== expected.join()) {
  console.log('The behaviour has changed.');
  process.exit(1);
}
JS
node ask.mjs
