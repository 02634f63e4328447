/**
 * A model that needs no internet: an OpenAI-compatible server that says what it is asked to.
 * https://platform.openai.com/docs/api-reference/chat/create (request, response, streaming chunks) and
 * https://platform.openai.com/docs/api-reference/models/list; errors: https://platform.openai.com/docs/guides/error-codes
 */
import { randomUUID, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { listen, type Listening, type ListenOn } from '../aws/listen.ts';
import { replyTo, toolFor, type ToolCall } from './reply.ts';

export interface ModelOptions {
  readonly listen: ListenOn;
  /** Default: `stand-in-1`. */
  readonly model?: string;
  /** Key that a request must bring, as `Authorization: Bearer KEY`. Default: none is needed. */
  readonly apiKey?: string;
  /** Between two chunks of a stream, in milliseconds. Default: 40. */
  readonly chunkDelay?: number;
}

export interface ModelServer extends Listening {
  /** The last hundred chat requests, oldest first. */
  readonly requests: readonly ChatRequest[];
}

const contentSchema = z
  .union([z.string(), z.array(z.object({ text: z.string().default('') }))])
  .nullish()
  .transform((content) =>
    typeof content === 'string' ? content : (content ?? []).map(({ text }) => text).join('\n'),
  );

const requestSchema = z.object({
  model: z.string(),
  messages: z.array(z.object({ role: z.string(), content: contentSchema })).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
  tools: z.array(z.unknown()).default([]),
});

/** What a client asked for. Holds no headers: they carry the key. */
export type ChatRequest = z.output<typeof requestSchema>;

const largestBody = 16 * 1024 * 1024;

export async function startModel(options: ModelOptions): Promise<ModelServer> {
  const requests: ChatRequest[] = [];
  const server = createServer((request, response) => {
    void answer({ ...options, model: options.model ?? 'stand-in-1' }, requests, request, response).catch(
      () => {
        response.destroy();
      },
    );
  });
  return { ...(await listen(server, options.listen)), requests };
}

type Options = ModelOptions & { readonly model: string };

async function answer(
  options: Options,
  requests: ChatRequest[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  if (!isAuthorized(options, request))
    return fail(response, 401, 'invalid_api_key', 'Incorrect API key provided.');
  const path = request.url?.split('?')[0];
  if (request.method === 'GET' && path === '/v1/models') {
    return json(response, 200, {
      object: 'list',
      data: [{ id: options.model, object: 'model', created: 0, owned_by: 'clawharbor' }],
    });
  }
  if (request.method !== 'POST' || path !== '/v1/chat/completions') {
    return fail(response, 404, 'unknown_url', `Unknown request URL: ${request.method} ${path}.`);
  }
  const parsed = parseChat(body);
  if (!parsed.success) return fail(response, 400, 'invalid_request', z.prettifyError(parsed.error));
  const chat = parsed.data;
  if (chat.model !== options.model) {
    return fail(response, 404, 'model_not_found', `The model '${chat.model}' does not exist.`);
  }
  requests.push(chat);
  if (requests.length > 100) requests.shift();

  const completion = new Completion(chat, toolFor(chat.messages) ?? replyTo(chat.messages));
  return chat.stream === true
    ? stream(response, completion, options.chunkDelay ?? 40)
    : json(response, 200, completion.whole());
}

class Completion {
  readonly #chat: ChatRequest;
  readonly #reply: string;
  readonly #tool: ToolCall | undefined;
  readonly #id = `chatcmpl-${randomUUID()}`;
  readonly #created = Math.floor(Date.now() / 1000);

  constructor(chat: ChatRequest, reply: string | ToolCall) {
    this.#chat = chat;
    this.#reply = typeof reply === 'string' ? reply : '';
    this.#tool = typeof reply === 'string' ? undefined : reply;
  }

  whole(): object {
    const calls = this.#calls();
    const content = this.#tool ? null : this.#reply;
    const message = { role: 'assistant', content, refusal: null, ...(calls && { tool_calls: calls }) };
    return {
      ...this.#base('chat.completion'),
      choices: [{ index: 0, message, finish_reason: this.#end() }],
      usage: this.#usage(),
    };
  }

  /** The chunks of a stream: the role, some characters at a time, the end, and the usage if it was asked for. */
  chunks(): object[] {
    const withUsage = this.#chat.stream_options?.include_usage === true;
    const base = { ...this.#base('chat.completion.chunk'), ...(withUsage ? { usage: null } : {}) };
    const chunk = (delta: object, finishReason: string | null = null) => ({
      ...base,
      choices: [{ index: 0, delta, finish_reason: finishReason }],
    });
    return [
      chunk({ role: 'assistant', content: '' }),
      ...(this.#reply.match(/.{1,8}/gsu) ?? []).map((content) => chunk({ content })),
      ...(this.#calls() ?? []).map((call) => chunk({ tool_calls: [{ index: 0, ...call }] })),
      chunk({}, this.#end()),
      ...(withUsage ? [{ ...base, choices: [], usage: this.#usage() }] : []),
    ];
  }

  #calls(): object[] | undefined {
    return this.#tool && [{ id: `call_${this.#id}`, type: 'function', function: this.#tool }];
  }

  #end(): 'stop' | 'tool_calls' {
    return this.#tool ? 'tool_calls' : 'stop';
  }

  #base(object: string) {
    return { id: this.#id, object, created: this.#created, model: this.#chat.model };
  }

  /** Four characters make a token, more or less. */
  #usage() {
    const tokens = (characters: number) => Math.ceil(characters / 4);
    const prompt = tokens(this.#chat.messages.reduce((sum, { content }) => sum + content.length, 0));
    const completion = tokens(this.#reply.length);
    return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
  }
}

async function stream(response: ServerResponse, completion: Completion, delay: number): Promise<void> {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
  });
  for (const chunk of completion.chunks()) {
    // Whoever asked may have gone: a user can stop a reply.
    if (response.destroyed) return;
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    await sleep(delay);
  }
  response.end('data: [DONE]\n\n');
}

function isAuthorized({ apiKey }: Options, request: IncomingMessage): boolean {
  if (apiKey === undefined) return true;
  const given = Buffer.from(request.headers.authorization ?? '');
  const expected = Buffer.from(`Bearer ${apiKey}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function parseChat(body: string) {
  try {
    return requestSchema.safeParse(JSON.parse(body));
  } catch {
    return requestSchema.safeParse(undefined);
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > largestBody) throw new Error('the request is too large');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function fail(response: ServerResponse, status: number, code: string, message: string): void {
  json(response, status, { error: { message, type: 'invalid_request_error', param: null, code } });
}

function json(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
