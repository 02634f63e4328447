import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import type { PodSpec } from '@clawharbor/bootstrap/spec';
import type { Relay } from '../../src/container/index.ts';

/** In place of more than a gigabyte: it stays and says what it was asked to do. */
const program = '#!/bin/sh\necho "ollama $1 on $OLLAMA_HOST"\nexec sleep infinity\n';

/** A release of Ollama on a server that the instance reaches, and that takes its time. */
export class OllamaRelease {
  /** As the pod spec names it. */
  readonly spec: NonNullable<PodSpec['ollama']>;
  readonly relay: Relay;
  readonly #archive: Buffer;
  readonly #ready: () => Promise<void>;

  /** @param ready what the download waits for: a bootstrap that waits for the download then never ends */
  constructor(socket: string, ready: () => Promise<void>) {
    this.relay = { address: '10.99.0.2', port: 80, socket };
    this.#ready = ready;
    this.#archive = makeArchive();
    this.spec = {
      version: '0.18.2',
      sha256: createHash('sha256').update(this.#archive).digest('hex'),
      url: `http://${this.relay.address}/ollama.tar.zst`,
      models: [],
    };
  }

  async serve(): Promise<{ close(): Promise<void> }> {
    const server = createServer((_, response) => void this.#ready().then(() => response.end(this.#archive)));
    server.listen(this.relay.socket);
    await once(server, 'listening');
    return {
      close: async () => {
        server.close();
        server.closeAllConnections();
        await once(server, 'close');
      },
    };
  }
}

function makeArchive(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'clawharbor-ollama-'));
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/ollama'), program);
  chmodSync(join(folder, 'bin/ollama'), 0o755);
  const tar = execFileSync('tar', ['-cf', '-', '-C', folder, 'bin']);
  rmSync(folder, { recursive: true });
  return zstdCompressSync(tar);
}
