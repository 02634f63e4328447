import { createServer, type Socket } from 'node:net';

import { listenLocally } from './wire.ts';

/** A request as a server reads it that takes nothing on trust: RFC 9112 to the letter, or it is malformed. */
export interface Arrival {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** Which connection it came on, counted from 0. */
  readonly connection: number;
}

export interface StrictTarget {
  readonly host: string;
  readonly port: number;
  /** Whole requests, health checks apart. */
  readonly arrivals: readonly Arrival[];
  /** What was no HTTP. */
  readonly malformed: readonly string[];
  /** Requests whose connection ended before them. */
  readonly brokenOff: readonly string[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** Answers every request with 200 and a line that names it. */
export async function startStrictTarget(): Promise<StrictTarget> {
  const arrivals: Arrival[] = [];
  const malformed: string[] = [];
  const brokenOff: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    let connection: number | undefined;
    let read = '';
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      read += data.toString('latin1');
      try {
        for (;;) {
          const parsed = parseRequest(read);
          if (!parsed) return;
          read = read.slice(parsed.length);
          const isCheck = parsed.target === '/healthz';
          if (!isCheck) {
            connection ??= connections++;
            arrivals.push({ ...parsed, connection });
          }
          const body = parsed.method === 'HEAD' ? '' : `${parsed.method} ${parsed.target}\n`;
          socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
        }
      } catch (error) {
        malformed.push(`${String(error)}: ${JSON.stringify(read)}`);
        read = '';
        socket.destroy();
      }
    });
    socket.once('close', () => {
      sockets.delete(socket);
      if (read !== '') brokenOff.push(read);
    });
  });
  const port = await listenLocally(server);
  return {
    host: '127.0.0.1',
    port,
    arrivals,
    malformed,
    brokenOff,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The first request in the text, or nothing while it is not whole. Throws when it cannot become one. */
function parseRequest(text: string): (Omit<Arrival, 'connection'> & { readonly length: number }) | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [requestLine = '', ...lines] = text.slice(0, end).split('\r\n');
  const [, method = '', target = ''] =
    /^([!#$%&'*+.^_`|~\w-]+) ([!-~]+) HTTP\/1\.1$/.exec(requestLine) ?? refuse('request line');
  const headers = lines.map((line) => {
    const [, name = '', value = ''] =
      /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([^\r\n\0]*?)[ \t]*$/.exec(line) ?? refuse('header');
    return [name, value] as const;
  });
  const valuesOf = (wanted: string) =>
    headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
  const lengths = valuesOf('content-length');
  const codings = valuesOf('transfer-encoding');
  if (valuesOf('host').length !== 1) refuse('host');
  if (lengths.length + codings.length > 1) refuse('two ends');
  const head = { method, target, headers };
  const rest = text.slice(end + 4);
  if (codings.length === 1) {
    if (codings[0] !== 'chunked') refuse('coding');
    const chunked = parseChunked(rest);
    return chunked && { ...head, body: chunked.body, length: end + 4 + chunked.length };
  }
  if (lengths.length === 1 && !/^\d+$/.test(lengths[0] ?? '')) refuse('length');
  const length = Number(lengths[0] ?? 0);
  return rest.length < length
    ? undefined
    : { ...head, body: rest.slice(0, length), length: end + 4 + length };
}

function parseChunked(text: string): { readonly body: string; readonly length: number } | undefined {
  let body = '';
  let at = 0;
  for (;;) {
    const line = text.indexOf('\r\n', at);
    if (line < 0) return undefined;
    const size = text.slice(at, line);
    if (!/^[\da-f]+$/i.test(size)) refuse('chunk size');
    const from = line + 2;
    const to = from + Number.parseInt(size, 16);
    if (text.length < to + 2) return undefined;
    if (text.slice(to, to + 2) !== '\r\n') refuse('chunk or trailer');
    body += text.slice(from, to);
    at = to + 2;
    if (to === from) return { body, length: at };
  }
}

function refuse(what: string): never {
  throw new Error(`bad ${what}`);
}
