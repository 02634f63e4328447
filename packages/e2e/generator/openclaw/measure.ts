import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startModel } from '../../src/model/index.ts';
import { ReleaseGateway, type Started } from './release-gateway.ts';

/** What a gateway showed while it ran, and what it left. */
export interface Measured {
  readonly readySeconds: number;
  readonly healthCheckPaths: readonly string[];
  readonly schemas: { readonly state: number; readonly agent?: number };
}

/** What a release does with a state that another one left. */
export interface Handover extends Started {
  readonly from: string;
  readonly to: string;
}

/** Where an installed package openclaw is. */
export type Installed = Readonly<Record<'version' | 'directory', string>>;

/** Paths that OpenClaw or anybody else ever answered a health check at. */
const candidates = ['/healthz', '/health', '/livez', '/live', '/readyz', '/ready', '/status', '/ping', '/'];

/** Starts a release on no state at all, and has its agent say something. */
export async function measure({ version, directory }: Installed): Promise<Measured> {
  return withHome(async (home) => {
    const model = await startModel({ listen: { host: '127.0.0.1', port: 0 } });
    const gateway = new ReleaseGateway(directory, home, model);
    try {
      const { readySeconds, ...ended } = await gateway.start();
      if (readySeconds === undefined) throw new Error(`${version} does not start: ${JSON.stringify(ended)}`);
      const healthCheckPaths = await healthPaths(gateway);
      await gateway.stop();
      await gateway.say('Say harbor');
      return { readySeconds, healthCheckPaths, schemas: await schemasOf(gateway.state) };
    } finally {
      await gateway.stop();
      await model.close();
    }
  });
}

/** Has one release leave a state with a conversation in it, and starts another one on that. */
export async function handOver(from: Installed, to: Installed): Promise<Handover> {
  return withHome(async (home) => {
    const model = await startModel({ listen: { host: '127.0.0.1', port: 0 } });
    const before = new ReleaseGateway(from.directory, home, model);
    const after = new ReleaseGateway(to.directory, home, model);
    try {
      const { readySeconds, ...ended } = await before.start();
      if (readySeconds === undefined)
        throw new Error(`${from.version} does not start: ${JSON.stringify(ended)}`);
      await before.stop();
      await before.say('Say harbor');
      return { from: from.version, to: to.version, ...(await after.start()) };
    } finally {
      await before.stop();
      await after.stop();
      await model.close();
    }
  });
}

/** What says that it is alive, in a form that a page cannot have. */
async function healthPaths(gateway: ReleaseGateway): Promise<string[]> {
  const alive: string[] = [];
  for (const path of candidates) {
    const answer = await gateway.probe(path);
    const body: unknown = await answer.json().catch(() => undefined);
    if (answer.status === 200 && (body as { status?: string })?.status === 'live') alive.push(path);
  }
  return alive;
}

/** `user_version` of the databases of a state that nobody has open. */
export async function schemasOf(state: string): Promise<Measured['schemas']> {
  const files = await readdir(state, { recursive: true });
  const [agent] = await Promise.all(
    files.filter((file) => /^agents\/[^/]+\/agent\/openclaw-agent\.sqlite$/.test(file)).map(userVersion),
  );
  return { state: await userVersion('state/openclaw.sqlite'), ...(agent === undefined ? {} : { agent }) };

  // https://www.sqlite.org/fileformat.html: the header's own field, so that no other SQLite opens it.
  async function userVersion(file: string): Promise<number> {
    return (await readFile(join(state, file))).readUInt32BE(60);
  }
}

async function withHome<T>(use: (home: string) => Promise<T>): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), 'openclaw-release-'));
  try {
    return await use(home);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
