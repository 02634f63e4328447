import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import { parseOrNothing, readIfPresent } from '../config/files.ts';
import { explain } from '../aws/explain.ts';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { unpack } from '../install/archive.ts';
import {
  ollamaAddress,
  ollamaArtifact,
  ollamaDirectory,
  ollamaHome,
  ollamaProgram,
  ollamaUnit,
  ollamaUnitName,
  ollamaUrl,
  type OllamaSpec,
} from '../ollama.ts';
import { temporaryOf } from '../temporary/name.ts';
import type { Step } from './step.ts';

const tagsSchema = z.object({ models: z.array(z.object({ name: z.string() })).default([]) });
const failureSchema = z.object({ pinned: z.string(), message: z.string() });

const marker = '.clawharbor-installed';

/** From a failure to the next try: an archive has more than a gigabyte, and the bootstrap may run every minute. */
const patienceMilliseconds = 60 * 60 * 1000;

/**
 * Local models. It belongs behind the lifecycle signal: nobody waits for it. When it fails, only it has failed, so it
 * warns and never throws.
 */
export const startOllama: Step = {
  name: 'start-ollama',
  phase: 'activate',
  async plan({ host, spec: { ollama } }) {
    if (!ollama) return [];
    const changes = (await isInstalled(host, ollama)) ? [] : [`install Ollama ${ollama.version}`];
    const { status } = await host.units.state(ollamaUnitName);
    return status === 'active' ? changes : [...changes, 'start ollama'];
  },
  async apply({ host, spec: { ollama }, signal }) {
    if (!ollama) return { changes: [], skipped: 'the spec has no ollama' };
    const failure = await recentFailure(host, ollama);
    if (failure !== undefined) return { changes: [], skipped: `it failed less than an hour ago: ${failure}` };
    try {
      const installed = await install(host, ollama, signal);
      return {
        changes: [...installed, ...(await start(host, ollama)), ...(await pull(host, ollama, signal))],
      };
    } catch (error) {
      signal.throwIfAborted();
      const message = explain(error);
      await writeFile(failureFile(host), JSON.stringify({ pinned: JSON.stringify(ollama), message }));
      const code = error instanceof BootstrapError ? error.code : 'COMMAND_FAILED';
      return { changes: [], warnings: [{ code, message }] };
    }
  },
};

async function isInstalled(host: Host, ollama: OllamaSpec): Promise<boolean> {
  return (await readIfPresent(join(ollamaDirectory(host, ollama), marker))) === ollama.sha256;
}

async function install(host: Host, ollama: OllamaSpec, signal: AbortSignal): Promise<string[]> {
  if (await isInstalled(host, ollama)) return [];
  const archive = join(host.layout.artifacts, ollamaArtifact(ollama));
  if ((await stat(archive).catch(() => undefined)) === undefined) await download(ollama, archive, signal);
  const directory = temporaryOf(ollamaDirectory(host, ollama));
  await mkdir(directory, { recursive: true });
  try {
    const digest = await unpack(archive, directory);
    if (digest !== ollama.sha256) {
      await rm(archive, { force: true });
      throw corrupt(archive, digest, ollama);
    }
    await chmod(directory, 0o755);
    await writeFile(join(directory, marker), ollama.sha256);
    await rm(ollamaDirectory(host, ollama), { recursive: true, force: true });
    await rename(directory, ollamaDirectory(host, ollama));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  return [`Ollama ${ollama.version}`];
}

/** @throws BootstrapError `ARTIFACT_CORRUPT` when it is not what the spec pins, `COMMAND_FAILED` when it does not come */
async function download(ollama: OllamaSpec, target: string, signal: AbortSignal): Promise<void> {
  const url = ollamaUrl(ollama);
  const temporary = temporaryOf(target);
  const hash = createHash('sha256');
  try {
    const response = await fetch(url, { signal });
    if (!response.ok || response.body === null) throw new Error(`status ${response.status}`);
    const body = Readable.fromWeb(response.body).on('data', (chunk: Buffer) => hash.update(chunk));
    await pipeline(body, createWriteStream(temporary, { flags: 'wx', mode: 0o644, flush: true }));
  } catch (error) {
    await rm(temporary, { force: true });
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
    const why = `${explain(error)}${cause}`;
    throw new BootstrapError('COMMAND_FAILED', `${url} could not be downloaded: ${why}`, { cause: error });
  }
  const digest = hash.digest('hex');
  if (digest !== ollama.sha256) {
    await rm(temporary);
    throw corrupt(url, digest, ollama);
  }
  await rename(temporary, target);
}

function corrupt(origin: string, digest: string, { sha256, version }: OllamaSpec): BootstrapError {
  return new BootstrapError(
    'ARTIFACT_CORRUPT',
    `${origin} has the SHA-256 ${digest}, and the spec pins ${sha256}. It was not run. ` +
      `Compare both with sha256sum.txt of Ollama ${version}.`,
  );
}

async function start(host: Host, ollama: OllamaSpec): Promise<string[]> {
  const { units } = host;
  const unit = ollamaUnit(host, ollama);
  const { status } = await units.state(ollamaUnitName);
  const known = (await units.matches(unit)) && (await units.hasSecretEnvironment(ollamaUnitName, {}));
  if (known && status === 'active') return [];
  await mkdir(ollamaHome(host), { recursive: true });
  await units.install(unit);
  await units.setSecretEnvironment(ollamaUnitName, {});
  const verb = status === 'active' || status === 'starting' || status === 'restarting' ? 'restart' : 'start';
  await units[verb](ollamaUnitName);
  return [`${verb} ollama`];
}

/** https://docs.ollama.com/api/tags and https://docs.ollama.com/cli */
async function pull(host: Host, ollama: OllamaSpec, signal: AbortSignal): Promise<string[]> {
  if (ollama.models.length === 0) return [];
  const present = await presentModels(host, signal);
  const changes: string[] = [];
  for (const model of ollama.models) {
    if (present.has(model) || present.has(`${model}:latest`)) continue;
    const result = await host.run({
      file: ollamaProgram(host, ollama),
      args: ['pull', '--', model],
      environment: { OLLAMA_HOST: ollamaAddress },
      timeoutSeconds: 3600,
      ...(host.kind === 'systemd' ? { user: ollamaUnitName } : {}),
    });
    if (result.exitCode !== 0) {
      throw new BootstrapError('COMMAND_FAILED', `ollama pull ${model}: ${result.stderr.trim().slice(-500)}`);
    }
    changes.push(`pull ${model}`);
  }
  return changes;
}

async function presentModels(host: Host, signal: AbortSignal): Promise<Set<string>> {
  for (let attempt = 0; attempt < 60; attempt++) {
    const answer = await host.probe(`http://${ollamaAddress}/api/tags`);
    if (answer?.status === 200) {
      return new Set(tagsSchema.parse(JSON.parse(answer.body)).models.map(({ name }) => name));
    }
    await host.sleep(1000, signal);
  }
  throw new BootstrapError(
    'UNIT_FAILED',
    `Ollama does not answer on ${ollamaAddress}; see journalctl -u ollama`,
  );
}

function failureFile({ layout }: Host): string {
  return join(layout.reports, 'ollama-failure.json');
}

/** What went wrong with this very version less than an hour ago. */
async function recentFailure(host: Host, ollama: OllamaSpec): Promise<string | undefined> {
  const text = await readIfPresent(failureFile(host));
  if (text === undefined) return undefined;
  const age = host.now().getTime() - (await stat(failureFile(host))).mtimeMs;
  const failure = failureSchema.safeParse(parseOrNothing(text)).data;
  return failure?.pinned === JSON.stringify(ollama) && age < patienceMilliseconds
    ? failure.message
    : undefined;
}
