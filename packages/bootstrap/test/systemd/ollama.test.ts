import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewayLine } from '../../src/openclaw/gateway-line.ts';
import { ProcessHost } from '../../src/host/process/process-host.ts';
import { pack } from '../../src/install/archive.ts';
import { ollamaUnit, ollamaUrl, type OllamaSpec } from '../../src/ollama.ts';
import { startOllama } from '../../src/steps/start-ollama.ts';
import { parsePodSpec } from '../../src/spec/parse.ts';
import type { StepContext } from '../../src/steps/step.ts';

let folder: string;
let host: ProcessHost;
let server: Server;
let sha256: string;
let port: number;
let requests: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ollama-'));
  host = new ProcessHost({
    root: join(folder, 'root'),
    state: join(folder, 'state'),
    artifacts: join(folder, 'cache'),
  });
  await host.prepareMachine({ dryRun: false });
  await mkdir(host.layout.artifacts);
  const release = join(folder, 'release');
  await mkdir(join(release, 'bin'), { recursive: true });
  await writeFile(join(release, 'bin/ollama'), '#!/bin/sh\necho "serving as $1"\nexec sleep 600\n');
  await chmod(join(release, 'bin/ollama'), 0o755);
  sha256 = await pack(release, join(folder, 'ollama.tar.zst'));
  const archive = await readFile(join(folder, 'ollama.tar.zst'));
  requests = 0;
  server = createServer((_, response) => {
    requests += 1;
    response.end(archive);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});

afterEach(async () => {
  await host.close();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

function contextFor(change: Partial<OllamaSpec> = {}): StepContext {
  const url = `http://127.0.0.1:${port}/ollama.tar.zst`;
  const spec = parsePodSpec(
    {
      apiVersion: 'clawharbor/v1',
      name: 'team',
      region: 'eu-central-1',
      openclaw: { version: '2026.9.6', config: { gateway: { port: 5173 } } },
      ollama: { version: '0.18.2', sha256, url, ...change },
    },
    'the test',
  );
  const signal = new AbortController().signal;
  return {
    spec,
    host,
    signal,
    startedAt: new Date(),
    done: new Map(),
    secretEnvironment: async () => ({}),
    line: new GatewayLine(host),
  };
}

describe('local models', () => {
  it('are downloaded once, checked, kept in the cache, and served', async () => {
    expect(await startOllama.apply(contextFor())).toEqual({ changes: ['Ollama 0.18.2', 'start ollama'] });
    expect(await host.units.state('ollama')).toMatchObject({ status: 'active' });
    expect(await startOllama.apply(contextFor())).toEqual({ changes: [] });
    expect(await startOllama.plan(contextFor())).toEqual([]);

    // A replacement has the cache, and nothing else.
    await host.units.stop('ollama');
    await rm(host.layout.install, { recursive: true });
    server.close();
    expect(await startOllama.apply(contextFor())).toMatchObject({
      changes: ['Ollama 0.18.2', 'start ollama'],
    });
    expect(requests).toBe(1);
  });

  it('are not run when the download is not what the spec pins, and not downloaded again at once', async () => {
    const wrong = contextFor({ sha256: '0'.repeat(64) });
    expect(await startOllama.apply(wrong)).toMatchObject({
      changes: [],
      warnings: [{ code: 'ARTIFACT_CORRUPT' }],
    });
    expect(await host.units.state('ollama')).toMatchObject({ status: 'absent' });
    expect(await readdir(host.layout.artifacts)).toEqual([]);
    expect(await startOllama.apply(wrong)).toMatchObject({
      changes: [],
      skipped: expect.stringContaining('SHA-256'),
    });
    expect(requests).toBe(1);
    // A record that is damaged counts as none.
    await writeFile(join(host.layout.reports, 'ollama-failure.json'), '{"pinned":');
    expect(await startOllama.apply(wrong)).toMatchObject({ warnings: [{ code: 'ARTIFACT_CORRUPT' }] });
    expect(requests).toBe(2);
    // Another pin is another try.
    expect(await startOllama.apply(contextFor())).toMatchObject({
      changes: ['Ollama 0.18.2', 'start ollama'],
    });
  });

  it('say where the download failed', async () => {
    const unreachable = contextFor({ url: 'http://127.0.0.1:9/ollama.tar.zst' });
    const message = expect.stringContaining('http://127.0.0.1:9/ollama.tar.zst could not be downloaded');
    expect(await startOllama.apply(unreachable)).toMatchObject({
      warnings: [{ code: 'COMMAND_FAILED', message }],
    });
    expect(await readdir(host.layout.artifacts)).toEqual([]);
  });

  it('come from the release for the architecture', () => {
    const { url: _, ...pinned } = { version: '0.18.2', sha256, models: [], url: '' };
    expect(ollamaUrl(pinned, 'arm64')).toBe(
      'https://github.com/ollama/ollama/releases/download/v0.18.2/ollama-linux-arm64.tar.zst',
    );
    expect(ollamaUrl(pinned, 'x64')).toMatch(/ollama-linux-amd64\.tar\.zst$/);
  });

  it('run apart from the gateway: no secrets, none of its state, loopback only', () => {
    const unit = ollamaUnit(host, { version: '0.18.2', sha256, models: [] });
    expect(unit.environment['OLLAMA_HOST']).toBe('127.0.0.1:11434');
    expect(unit.writable.some((path) => path.startsWith(host.layout.state))).toBe(false);
    expect(unit.homeDirectory).toBeUndefined();
  });
});
