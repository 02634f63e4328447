#!/usr/bin/env bash
# OpenClaw 2026.9.6: one path in `plugins.load.paths` that is not there turns off the checks of all channels and
# plugins, those that OpenClaw brings along included. A wrong type and a misspelt channel, each refused otherwise, are
# then "Config valid" with a warning that names only the path: a typo in one place hides those in all others.
#
# Run with Node 24.16 or newer. Ends with 0 while it is so, with 1 when the behaviour has changed.
set -euo pipefail
cd "$(mktemp -d)"
export HOME="$PWD" OPENCLAW_STATE_DIR="$PWD/.openclaw"
echo '{ "private": true }' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts openclaw@2026.9.6

# The channel and a text about the path → what `config validate` says, and its exit code.
validate() {
  mkdir -p .openclaw
  echo "{ \"channels\": $1 $2 }" > .openclaw/openclaw.json
  node node_modules/openclaw/openclaw.mjs config validate 2>&1 && echo 'exit 0' || echo "exit $?"
}

missing=", \"plugins\": { \"load\": { \"paths\": [\"$PWD/nowhere\"] } }"
for channel in '{ "discord": { "enabled": "yes" } }' '{ "discrod": { "enabled": true } }'; do
  without=$(validate "$channel" '')
  with=$(validate "$channel" "$missing")
  printf '%s\n--- without a path\n%s\n--- with a path that is not there\n%s\n\n' "$channel" "$without" "$with"
  [[ $without == *'config is invalid'*'exit 1' && $with == *'Config valid'*'exit 0' ]] || {
    echo 'The behaviour has changed.'
    exit 1
  }
done
