import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readDocument, writeDocument, type DataDirectory } from './data-dir.ts';
import { PodError } from './errors.ts';

/** How other commands find the running pod: a loopback port, and a token only the owner of the data directory can read. */
interface ControlFile {
  readonly port: number;
  readonly token: string;
}

/** A line of an answer. */
type Message<T> =
  | { readonly event: unknown }
  | { readonly result: T }
  | { readonly error: { readonly code: string; readonly message: string } };

/** Answers one command; what it passes to `emit` reaches the caller line by line, its result comes last. */
export type CommandHandler = (input: unknown, emit: (event: unknown) => void) => Promise<unknown>;

export interface ControlServer {
  close(): Promise<void>;
}

const controlFile = (directory: DataDirectory): string => join(directory.root, 'control.json');

/** Opens the running pod to the other commands of `clawharbor-local`. */
export async function serveControl(
  directory: DataDirectory,
  commands: Readonly<Record<string, CommandHandler>>,
): Promise<ControlServer> {
  const token = randomBytes(32).toString('base64url');
  const server = createServer((incoming, outgoing) => {
    void answer(incoming, outgoing, token, commands);
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed).listen(0, '127.0.0.1', listening);
  });
  const { port } = server.address() as AddressInfo;
  writeDocument(controlFile(directory), { port, token } satisfies ControlFile);
  return {
    async close() {
      rmSync(controlFile(directory), { force: true });
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  token: string,
  commands: Readonly<Record<string, CommandHandler>>,
): Promise<void> {
  const given = Buffer.from(incoming.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    outgoing.writeHead(401).end();
    return;
  }
  const name = incoming.url?.slice(1) ?? '';
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    outgoing.writeHead(404).end();
    return;
  }
  const line = (value: unknown) => outgoing.write(`${JSON.stringify(value)}\n`);
  outgoing.writeHead(200, { 'content-type': 'application/x-ndjson' });
  outgoing.flushHeaders();
  try {
    const body = await text(incoming);
    const result = await command(body === '' ? undefined : JSON.parse(body), (event) => line({ event }));
    line({ result: result ?? null });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNEXPECTED';
    line({ error: { code, message: error instanceof Error ? error.message : String(error) } });
  }
  outgoing.end();
}

/** The longest that a pod may take to say that it is there: it is busy for seconds while it synthesizes. */
const answerMilliseconds = 30_000;

/** The running pod of a data directory, if there is one. */
export async function findRunning(
  directory: DataDirectory,
  milliseconds = answerMilliseconds,
): Promise<ControlClient | undefined> {
  const found = readDocument(controlFile(directory)) as ControlFile | undefined;
  if (!found) return undefined;
  const client = new ControlClient(found);
  return (await client.answers(milliseconds)) ? client : undefined;
}

export class ControlClient {
  readonly #file: ControlFile;

  constructor(file: ControlFile) {
    this.#file = file;
  }

  /** @param milliseconds how long it has: another program may have got the port of a pod that was killed, and say nothing */
  async answers(milliseconds: number): Promise<boolean> {
    try {
      await this.call('ping', undefined, undefined, AbortSignal.timeout(milliseconds));
      return true;
    } catch {
      return false;
    }
  }

  /** @throws PodError with the code the pod answered with, or `POD_STOPPED` when it went away */
  async call<T>(
    command: string,
    input?: unknown,
    onEvent: (event: unknown) => void = () => {},
    signal?: AbortSignal,
  ): Promise<T> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request({
        host: '127.0.0.1',
        port: this.#file.port,
        path: `/${command}`,
        method: 'POST',
        headers: { authorization: `Bearer ${this.#file.token}` },
        ...(signal ? { signal } : {}),
      })
        .once('response', resolve)
        .once('error', (cause) => reject(new PodError('POD_STOPPED', 'the pod went away', { cause })))
        .end(input === undefined ? '' : JSON.stringify(input));
    });
    if (response.statusCode !== 200) {
      response.resume();
      throw new PodError('POD_STOPPED', `the pod answered ${response.statusCode} to ${command}`);
    }
    try {
      for await (const line of createInterface({ input: response })) {
        const message = JSON.parse(line) as Message<T>;
        if ('error' in message) throw new PodError(message.error.code, message.error.message);
        if ('result' in message) return message.result;
        onEvent(message.event);
      }
    } catch (error) {
      if (error instanceof PodError) throw error;
      throw new PodError('POD_STOPPED', `the pod went away during ${command}`, { cause: error });
    }
    throw new PodError('POD_STOPPED', `the pod went away during ${command}`);
  }
}
