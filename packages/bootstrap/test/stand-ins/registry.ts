import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lockfile } from '../../src/install/lockfiles.ts';

/** Another status; or what can happen to a connection. `half`: it ends there, `cut`: with headers of a whole answer. */
export type Misbehaviour = number | 'silence' | 'reset' | 'half' | 'stalled' | 'cut' | 'other bytes';

export interface Registry {
  readonly url: string;
  /** `openclaw` in one version, with nothing that it needs. */
  readonly pinned: Lockfile;
  /** Paths in the order in which they were asked for. */
  readonly requests: string[];
  /** What happens to a request instead, by its path; undefined: it is answered. */
  instead: (path: string) => Misbehaviour | undefined;
  /** How long each answer takes, in milliseconds. */
  delay: number;
  close(): Promise<void>;
}

/**
 * An npm registry on loopback with one package: the abbreviated metadata and the tarball.
 * @param folder of the package
 * @see https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md
 */
export async function startRegistry(folder: string, name: string, version: string): Promise<Registry> {
  const tarball = packed(folder, name, version);
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  const file = `/${name}/-/${name.split('/').at(-1)}-${version}.tgz`;
  const server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const metadata = JSON.stringify({
    name,
    'dist-tags': { latest: version },
    versions: { [version]: { name, version, dist: { tarball: `${url}${file}`, integrity } } },
  });
  const respond = async ({ url: path = '' }: IncomingMessage, response: ServerResponse): Promise<void> => {
    registry.requests.push(path);
    const instead = registry.instead(path);
    if (registry.delay > 0) await new Promise((wake) => setTimeout(wake, registry.delay));
    const isTarball = path === file;
    const body = isTarball ? tarball : Buffer.from(metadata);
    const type = isTarball ? 'application/octet-stream' : 'application/vnd.npm.install-v1+json';
    if (instead !== undefined) misbehave(instead, response, { body, type });
    else if (!isTarball && decodeURIComponent(path) !== `/${name}`) response.writeHead(404).end('{}');
    else response.writeHead(200, { 'content-type': type }).end(body);
  };
  const registry: Registry = {
    url,
    pinned: {
      manifest: { name: 'stand-in', version, private: true, dependencies: { [name]: version } },
      lockfile: {
        name: 'stand-in',
        version,
        lockfileVersion: 3,
        requires: true,
        packages: {
          '': { name: 'stand-in', version, dependencies: { [name]: version } },
          [`node_modules/${name}`]: { version, integrity },
        },
      },
    },
    requests: [],
    instead: () => undefined,
    delay: 0,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
  return registry;
}

function misbehave(
  how: Misbehaviour,
  response: ServerResponse,
  { body, type }: { readonly body: Buffer; readonly type: string },
): void {
  if (how === 'silence') return;
  if (how === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  if (typeof how === 'number') {
    response.writeHead(how).end('{"error":"no"}');
    return;
  }
  if (how === 'other bytes') {
    response.writeHead(200, { 'content-type': type }).end(Buffer.from(body.toReversed()));
    return;
  }
  const half = body.subarray(0, Math.floor(body.length / 2));
  const length = how === 'cut' ? half.length : body.length;
  response.writeHead(200, { 'content-type': type, 'content-length': length });
  if (how === 'cut') response.end(half);
  else response.write(half, () => how === 'half' && response.socket?.destroy());
}

function packed(folder: string, name: string, version: string): Buffer {
  const below = mkdtempSync(join(tmpdir(), 'clawharbor-registry-'));
  try {
    mkdirSync(join(below, 'package'));
    cpSync(folder, join(below, 'package'), { recursive: true });
    writeFileSync(join(below, 'package/package.json'), JSON.stringify({ name, version }));
    execFileSync('tar', ['-czf', join(below, 'package.tgz'), '-C', below, 'package']);
    return readFileSync(join(below, 'package.tgz'));
  } finally {
    rmSync(below, { recursive: true, force: true });
  }
}
