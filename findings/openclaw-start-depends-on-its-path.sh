#!/usr/bin/env bash
# OpenClaw 2026.9.6 remembers in the state that what a start may have to migrate is done, and skips it the next time.
# What it remembers holds for the path that OpenClaw is installed at: moved to another folder, the same files with the
# same state and config look for migrations and at every plugin again, which takes a quarter longer until it is ready.
# Whoever installs each release, or each deployment, into a folder of its own pays that at each first start.
#
# Run with Node 24.16 or newer. Ends with 0 while it is so, with 1 when the behaviour has changed.
set -euo pipefail
cd "$(mktemp -d)"
export HOME="$PWD" OPENCLAW_STATE_DIR="$PWD/.openclaw" OPENCLAW_NO_RESPAWN=1 OPENCLAW_GATEWAY_STARTUP_TRACE=1
export OPENCLAW_GATEWAY_PASSWORD=of-this-script
mkdir one .openclaw
echo '{ "private": true }' > one/package.json
npm install --prefix one --silent --no-audit --no-fund --ignore-scripts openclaw@2026.9.6
port=18790
echo '{ "gateway": { "mode": "local", "bind": "loopback", "auth": { "mode": "password" } } }' > .openclaw/openclaw.json

# A start from this folder, until it is ready → whether it looked for what to migrate.
start() {
  node "$1/node_modules/openclaw/openclaw.mjs" gateway --port $port > "$2.log" 2>&1 &
  until curl --silent --fail --output "$2.ready" "http://127.0.0.1:$port/readyz"; do
    kill -0 $! || { tail -5 "$2.log" && exit 1; }
    sleep 0.2
  done
  kill $! && { wait $! || true; }
  if grep -q 'cli.bootstrap.legacy-state-migrations' "$2.log"; then echo looked; else echo skipped; fi
}

# A state that nothing was ever in has nothing to migrate.
start one first > first.said
again=$(start one again)
mv one two
moved=$(start two moved)
printf 'again: %s\nfrom another folder: %s\n' "$again" "$moved"
[[ $again == skipped && $moved == looked ]] || {
  echo 'The behaviour has changed.'
  exit 1
}
