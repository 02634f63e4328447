#!/usr/bin/env bash
# OpenClaw 2026.9.6: an agent that is deleted while no trash can be made in the home directory, as in a service whose home is
# read-only, keeps its database. `agents delete` ends with 0 and names the files under `failed`; its documentation
# (docs/cli/agents.md) says that they then want manual cleanup. What it does not say: the gateway refuses its next start for that
# database, with exit code 78, and so does `openclaw doctor --fix`, which the gateway asks for.
#
# Run with Node 24.16 or newer. Ends with 0 while it is so, with 1 when the behaviour has changed. Takes about two minutes.
set -euo pipefail
cd "$(mktemp -d)"
echo '{ "private": true }' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts openclaw@2026.9.6

export HOME="$PWD/home" OPENCLAW_STATE_DIR="$PWD/state" OPENCLAW_NO_AUTO_UPDATE=1 OPENCLAW_NO_RESPAWN=1
export OPENCLAW_PACKAGED_COMPILE_CACHE_RESPAWNED=1
# A file where the trash would be is what a directory that cannot be written to is, also for root.
mkdir home state
touch home/.Trash
port=18471
cat > state/openclaw.json <<CONFIG
{ "gateway": { "mode": "local", "port": $port, "bind": "loopback", "auth": { "mode": "token", "token": "of-this-script" } },
  "update": { "checkOnStart": false, "auto": { "enabled": false } }, "discovery": { "mdns": { "mode": "off" } } }
CONFIG
openclaw=(node node_modules/openclaw/openclaw.mjs)

"${openclaw[@]}" gateway --port "$port" > first.log 2>&1 &
gateway=$!
trap 'kill "$gateway" 2> /dev/null || true' EXIT
for _ in $(seq 1 600); do
  curl --fail --silent --output /dev/null "http://127.0.0.1:$port/readyz" && break
  sleep 0.2
done
"${openclaw[@]}" agents add work --workspace "$PWD/work" --non-interactive > /dev/null
"${openclaw[@]}" gateway call sessions.create --params '{"key":"agent:work:main","agentId":"work"}' > /dev/null
deleted=$("${openclaw[@]}" agents delete work --force --json) && code=0 || code=$?
echo "agents delete: exit code $code, of its files:"
grep --only-matching '"reason": .*' <<< "$deleted" || true
kill "$gateway"
wait "$gateway" || true

start=0
timeout 120 "${openclaw[@]}" gateway --port "$port" > second.log 2>&1 || start=$?
echo "the next start: exit code $start"
grep --only-matching 'Skipped agent database migration.*' second.log | head -1 | sed "s#$PWD#.#"
doctor=0
timeout 120 "${openclaw[@]}" doctor --fix --non-interactive > doctor.log 2>&1 || doctor=$?
echo "doctor --fix: exit code $doctor"
if [ "$code $start $doctor" != '0 78 1' ] || [[ $deleted != *'/.Trash'* ]]; then
  echo 'The behaviour has changed.'
  exit 1
fi
