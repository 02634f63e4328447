import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startModel, type ModelOptions, type ModelServer } from '../../src/model/index.ts';

const on = { host: '127.0.0.1', port: 0 };
const hello = {
  model: 'stand-in-1',
  messages: [
    { role: 'system', content: 'be kind' },
    { role: 'user', content: 'Say hello there' },
  ],
};

const chunkSchema = z.object({
  choices: z.array(
    z.object({ delta: z.object({ content: z.string().optional() }), finish_reason: z.string().nullable() }),
  ),
  usage: z.object({ total_tokens: z.number() }).nullable(),
});

let model: ModelServer;

async function restart(options: Partial<ModelOptions>): Promise<void> {
  await model.close();
  model = await startModel({ listen: on, chunkDelay: 5, ...options });
}

beforeEach(async () => {
  model = await startModel({ listen: on, chunkDelay: 5 });
});

afterEach(() => model.close());

const chat = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${model.url}/v1/chat/completions`, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('a completion', () => {
  it('says what the user asked for', async () => {
    const response = await chat(hello);
    expect(await response.json()).toMatchObject({
      object: 'chat.completion',
      model: 'stand-in-1',
      choices: [
        { index: 0, message: { role: 'assistant', content: 'You said: hello there' }, finish_reason: 'stop' },
      ],
      usage: { prompt_tokens: 6, completion_tokens: 6, total_tokens: 12 },
    });
    expect(model.requests).toMatchObject([
      { messages: [{ role: 'system' }, { role: 'user', content: 'Say hello there' }] },
    ]);
  });

  it.each([false, true])('wants a tool when it is told to use one, streamed: %s', async (stream) => {
    const messages = [{ role: 'user', content: 'Use exec {"command":"id"}' }];
    const text = await (await chat({ ...hello, messages, stream })).text();
    expect(text).toContain('"finish_reason":"tool_calls"');
    expect(text).toContain(String.raw`"function":{"name":"exec","arguments":"{\"command\":\"id\"}"}`);
  });

  it('comes in several parts when streamed', async () => {
    const response = await chat({ ...hello, stream: true, stream_options: { include_usage: true } });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const events = (await response.text())
      .trim()
      .split('\n\n')
      .map((event) => event.replace('data: ', ''));
    expect(events.pop()).toBe('[DONE]');
    const chunks = events.map((event) => chunkSchema.parse(JSON.parse(event)));
    expect(chunks.pop()).toMatchObject({ choices: [], usage: { total_tokens: 12 } });
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(
      'You said: hello there',
    );
    expect(chunks.length).toBeGreaterThan(4);
    expect(chunks.map(({ choices }) => choices[0]?.finish_reason)).toEqual([
      ...chunks.slice(1).map(() => null),
      'stop',
    ]);
  });

  it('can be stopped half-way, and the next one is whole', async () => {
    await restart({ chunkDelay: 50 });
    const abort = new AbortController();
    const response = await fetch(`${model.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ ...hello, stream: true }),
      signal: abort.signal,
    });
    await response.body?.getReader().read();
    abort.abort();
    expect((await chat(hello)).status).toBe(200);
  });
});

it('lists its model', async () => {
  expect(await (await fetch(`${model.url}/v1/models`)).json()).toMatchObject({
    object: 'list',
    data: [{ id: 'stand-in-1' }],
  });
});

it('wants the key that it was given', async () => {
  await restart({ apiKey: 'sk-stand-in' });
  expect((await chat(hello)).status).toBe(401);
  expect((await chat(hello, { authorization: 'Bearer sk-other-in' })).status).toBe(401);
  expect((await chat(hello, { authorization: 'Bearer sk-stand-in' })).status).toBe(200);
});

it.each([
  ['not JSON', '{', 400],
  ['no messages', { model: 'stand-in-1' }, 400],
  ['another model', { ...hello, model: 'gpt-x' }, 404],
])('refuses a request with %s', async (_, body, status) => {
  const response = await chat(body);
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({
    error: { type: 'invalid_request_error', message: expect.any(String) },
  });
});

it('knows no other path', async () => {
  expect((await fetch(`${model.url}/v1/embeddings`, { method: 'POST', body: '{}' })).status).toBe(404);
});
