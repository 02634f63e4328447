#!/usr/bin/env bash
# OpenClaw 2026.9.6: `openclaw config schema` prints a JSON Schema that no validator can compile. The schemas of two
# bundled plugins (imap, webhooks) are put in as they are, with `"$ref": "#/$defs/…"` written for their own root; from
# the root of the whole the references lead nowhere. Editors that are given the schema stop there, too.
#
# Run with Node 24.16 or newer. Ends with 0 while it is so, with 1 when the behaviour has changed.
set -euo pipefail
cd "$(mktemp -d)"
export HOME="$PWD" OPENCLAW_STATE_DIR="$PWD/.openclaw"
echo '{ "private": true }' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts openclaw@2026.9.6 ajv@8.20.0

node node_modules/openclaw/openclaw.mjs config schema > schema.json
cat > compile.cjs <<'JS'
const Ajv = require('ajv');
const schema = require('./schema.json');
try {
  new Ajv({ strict: false, validateFormats: false }).compile(schema);
  console.log('It compiles: the behaviour has changed.');
  process.exit(1);
} catch (error) {
  console.log(`${error.constructor.name}: ${error.message}`);
  process.exit(error.missingRef?.startsWith('#/$defs/') ? 0 : 1);
}
JS
node compile.cjs
