import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Layout } from '@clawharbor/bootstrap';

/** How a release that was tested somewhere else may fail here: what its gateway does in place of, or before, its work. */
export const waysToBreak = {
  'does not start': `process.exit(1);`,
  'refuses its state': `process.exit(78);`,
  'is never ready': `
    const { createServer } = await import('node:http');
    const port = process.argv[process.argv.indexOf('--port') + 1];
    createServer((_, response) => response.writeHead(503).end()).listen(port, '127.0.0.1');
    await new Promise(() => {});`,
  hangs: `await new Promise((resolve) => setTimeout(resolve, 1e9));`,
  'is ready without the ways in': `
    const { readFileSync, writeFileSync } = await import('node:fs');
    const config = JSON.parse(readFileSync(process.env.OPENCLAW_CONFIG_PATH, 'utf8'));
    const port = config.gateway.port;
    const other = process.env.OPENCLAW_STATE_DIR + '/other.json';
    writeFileSync(other, JSON.stringify({ ...config, gateway: { mode: 'local', port, bind: 'loopback', auth: { mode: 'password' } } }));
    process.env.OPENCLAW_CONFIG_PATH = other;`,
  'crashes after 20 s': `
    const { get } = await import('node:http');
    const port = process.argv[process.argv.indexOf('--port') + 1];
    const look = setInterval(() => get({ host: '127.0.0.1', port, path: '/readyz' }, (response) => {
      response.resume();
      if (response.statusCode !== 200) return;
      clearInterval(look);
      setTimeout(() => process.exit(1), 20_000);
    }).on('error', () => {}), 500);`,
  'eats memory': `
    (await import('node:v8')).setFlagsFromString('--max-old-space-size=1600');
    const eaten = [];
    setTimeout(() => setInterval(() => eaten.push(Array.from({ length: 2e6 }, (_, index) => ({ index }))), 100), 15_000);`,
  'corrupts its database': `
    const { openSync, writeSync, statSync } = await import('node:fs');
    const file = process.env.OPENCLAW_STATE_DIR + '/state/openclaw.sqlite';
    const handle = openSync(file, 'r+');
    for (let page = 2; page * 4096 < statSync(file).size; page += 3) writeSync(handle, Buffer.alloc(2048, 7), 0, 2048, page * 4096);`,
  'leaves another schema': `
    const { DatabaseSync } = await import('node:sqlite');
    process.on('exit', () => new DatabaseSync(process.env.OPENCLAW_STATE_DIR + '/state/openclaw.sqlite').exec('PRAGMA user_version = 4711'));`,
  'loses sessions': `
    const { DatabaseSync } = await import('node:sqlite');
    const { readdirSync } = await import('node:fs');
    const agents = process.env.OPENCLAW_STATE_DIR + '/agents';
    for (const agent of readdirSync(agents)) {
      const database = new DatabaseSync(agents + '/' + agent + '/agent/openclaw-agent.sqlite');
      // All that belongs to one goes with it: a database that is wrong in itself, OpenClaw refuses.
      database.exec('PRAGMA foreign_keys = ON; DELETE FROM session_nodes');
      database.close();
    }`,
  'answers no message': `
    const { Socket } = await import('node:net');
    // It has sockets that listen, and none that lead to a model.
    Socket.prototype.connect = function () {
      process.nextTick(() => this.destroy(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })));
      return this;
    };`,
} as const;

export type Way = keyof typeof waysToBreak;

/**
 * Breaks an installed release by what its program does first, or mends it. Everything else about it stays real.
 * @param where `state`: only on the state itself, so that a rehearsal finds nothing
 */
export async function breakRelease(
  { layout }: { readonly layout: Pick<Layout, 'install'> },
  version: string,
  way: Way | undefined,
  where: 'everywhere' | 'state' = 'everywhere',
): Promise<void> {
  const folder = join(layout.install, version, 'node_modules', 'openclaw');
  const [program, whole] = [join(folder, 'openclaw.mjs'), join(folder, 'openclaw-whole.mjs')];
  if (existsSync(whole)) {
    await rm(program);
    await rename(whole, program);
  }
  if (way === undefined) return;
  await rename(program, whole);
  const isMeant = where === 'state' ? `process.env.OPENCLAW_SKIP_CRON !== '1'` : 'true';
  await writeFile(
    program,
    `if (process.argv[2] === 'gateway' && process.argv[3] !== 'call' && ${isMeant}) {${waysToBreak[way]}\n}\nawait import('./openclaw-whole.mjs');\n`,
  );
}
