// OpenClaw's own client of its gateway, as far as the bootstrap calls it.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const openclaw = fileURLToPath(new URL('openclaw.mjs', import.meta.url));

export function callGatewayFromCli(method, { timeout }, parameters) {
  const line = [openclaw, 'gateway', 'call', method, '--params', JSON.stringify(parameters)];
  const options = { timeout: Number(timeout), maxBuffer: 256 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, line, options, (error, stdout, stderr) => {
      try {
        resolve(JSON.parse(stdout));
      } catch {
        reject(new Error((stderr || stdout || error?.message || 'no answer').trim()));
      }
    });
  });
}
