// A gateway as the bootstrap sees it: the program, its config, its exit codes, its log lines and /readyz. What the real
// one does is proved elsewhere, with the real one; this one makes its rare answers come when a test wants them.
import { readFileSync, statSync, watchFile } from 'node:fs';
import { createServer } from 'node:http';

const file = process.env.OPENCLAW_CONFIG_PATH;
const text = () => readFileSync(file, 'utf8');
const asked = () => /"test": "(\w+)"/.exec(text())?.[1];
const log = (line) => console.log(`${new Date().toISOString()} ${line}`);

if (process.argv[2] === 'config') {
  const bogus = text().includes('"bogus"');
  const issues = bogus ? [{ path: '', message: 'Unrecognized key: "bogus"' }] : [];
  console.log(JSON.stringify({ valid: !bogus, issues }));
  process.exit(bogus ? 1 : 0);
}

if (process.argv[2] === 'gateway' && process.argv[3] === 'call') {
  console.log(JSON.stringify({ profiles: [] }));
  process.exit(0);
}

log(`[gateway] key ${process.env.FAKE_API_KEY ?? 'absent'}`);
if (asked() === 'refuse') {
  log('Gateway failed to start: Invalid config');
  process.exit(78);
}
const answers = {
  refuse: 'config reload failed: Error: no',
  restart: 'config change requires gateway restart (gateway.tls) — preparing',
};
watchFile(file, { interval: 50 }, (now, before) => {
  // Reading the file changes its access time, which is no change; what is no file is not read.
  if (now.mtimeMs !== before.mtimeMs && statSync(file, { throwIfNoEntry: false })?.isFile())
    log(`[reload] ${answers[asked()] ?? 'config hot reload applied (messages)'}`);
});
const port = Number(process.argv[process.argv.indexOf('--port') + 1]);
createServer((request, response) => {
  response.writeHead(request.url === '/readyz' && asked() !== 'silent' ? 200 : 404).end('{"ready":true}');
}).listen(port, '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
