#!/usr/bin/env bash
# projen ends at once when Ctrl-C is pressed and leaves its task running: the prompt comes back before the task has ended,
# and what the task still says lands on it. Whoever runs a task that stops in order should run the program itself.
# Ends with 0 while it is so.
set -euo pipefail
cd "$(mktemp -d)"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent projen@0.103.25
mkdir .projen
cat > task.mjs <<'EOF'
process.on('SIGINT', () => setTimeout(() => process.exit(0), 3000));
console.log('the task runs');
setInterval(() => {}, 1000);
EOF
cat > .projen/tasks.json <<'EOF'
{ "tasks": { "wait": { "name": "wait", "steps": [{ "exec": "node task.mjs" }] } } }
EOF
# A process group of its own gets the signal as a whole, as the terminal gives it for Ctrl-C.
node --input-type=module - <<'EOF'
import { spawn } from 'node:child_process';
const child = spawn('node_modules/.bin/projen', ['wait'], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
let pressed;
child.stdout.on('data', () => {
  pressed ??= performance.now();
  process.kill(-child.pid, 'SIGINT');
});
let ended;
child.on('exit', () => (ended = performance.now()));
// The pipe closes when the last process that writes to it has ended: the task.
child.on('close', () => {
  const projen = Math.round(ended - pressed);
  const task = Math.round(performance.now() - pressed);
  console.log(`projen ended ${projen} ms after Ctrl-C, its task ${task} ms after it`);
  process.exitCode = projen < 1500 && task > 2500 ? 0 : 1;
});
EOF
