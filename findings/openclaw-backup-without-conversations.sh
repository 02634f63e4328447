#!/usr/bin/env bash
# OpenClaw 2026.7.35 keeps conversations in `agents/<id>/sessions/*.jsonl`, and its `backup create --verify` leaves them
# out: the result is "verified", a count of volatile files is all it says, and no conversation is in it. There is no
# `backup restore` either, and 2026.9.6 refuses to restore such an archive when it holds an absolute link, as the
# generated `plugin-skills` are ("Archive symbolic link target must be relative").
#
# Run with Node 24.16 or newer. Ends with 0 while it is so, with 1 when the behaviour has changed.
set -euo pipefail
cd "$(mktemp -d)"
export HOME="$PWD" OPENCLAW_STATE_DIR="$PWD/.openclaw"
echo '{ "private": true }' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts openclaw@2026.7.35

mkdir -p .openclaw/agents/main/sessions out
echo '{ "gateway": { "mode": "local" } }' > .openclaw/openclaw.json
echo '{"type":"message"}' > .openclaw/agents/main/sessions/a-conversation.jsonl
said=$(node node_modules/openclaw/openclaw.mjs backup create --output out --verify --json)
inside=$(tar -tzf out/*.tar.gz)
printf '%s\n--- in the archive\n%s\n' "$said" "$inside"
[[ $said == *'"verified": true'* && $said != *a-conversation* && $inside != *.jsonl* ]] || {
  echo 'The behaviour has changed.'
  exit 1
}
