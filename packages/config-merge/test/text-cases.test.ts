import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mergeConfig, mergeText, openclawPolicy as policy, parseDocument } from '../src/index.ts';

const desired = parseDocument(
  readFileSync(new URL('../examples/openclaw/desired.json', import.meta.url), 'utf8'),
);

/** Configs that gateways run with, after reports from the field; `kept` stays in the text as it is written. */
test.each([
  [
    'a key that stands twice',
    "{\n  gateway: { mode: 'local', port: 18931, bind: 'loopback', auth: { mode: 'password' } },\n  session: { reset: { mode: 'daily', atHour: 4 } },\n  ui: { seamColor: '#336699' },\n  session: { reset: { mode: 'daily', atHour: 5 } },\n}\n",
    [
      "  session: { reset: { mode: 'daily', atHour: 4 } },\n  ui: { seamColor: '#336699' },\n  session: { reset: { mode: 'daily', atHour: 5 } },\n",
    ],
  ],
  [
    'an include',
    "{ $include: './ways.json5', gateway: { port: 18789 } }\n",
    ["{ $include: './ways.json5', gateway: { port: 5173, "],
  ],
  [
    'values that nobody may see',
    "{\n  diagnostics: { otel: { headers: { 'x-vendor-team': 'live-value' } } },\n  agents: { defaults: { sandbox: { docker: { env: { GH_PAT: '${PAT}' } } } } },\n}\n",
    ["'x-vendor-team': 'live-value'", "GH_PAT: '${PAT}'"],
  ],
  [
    'settings of an older release',
    '{\n  "meta": { "lastTouchedVersion": "2026.7.1-2", "lastTouchedAt": "2026-07-20T08:00:00.000Z" },\n  "gateway": { "mode": "local", "nodes": { "denyCommands": ["camera.snap"] } },\n  "session": { "idleMinutes": 90 }\n}\n',
    ['"lastTouchedAt": "2026-07-20T08:00:00.000Z" },\n', '"nodes": { "denyCommands": ["camera.snap"] }'],
  ],
  [
    'an old shared token',
    "{ gateway: { mode: 'local', port: 18931, auth: { mode: 'token', token: 'an-old-shared-token' /* ours */ } } }\n",
    ["{ gateway: { mode: 'local', port: 5173, auth: { mode: 'trusted-proxy', "],
  ],
  [
    'numbers of a plugin that JSON has no form for',
    '{ plugins: { entries: { ours: { config: { limit: Infinity, id: 123456789012345678901, x: NaN } } } } }',
    ['{ limit: Infinity, id: 123456789012345678901, x: NaN }'],
  ],
])('%s', (_, live, kept) => {
  const { text, config } = mergeText({ live, desired, policy });
  const read = parseDocument(live, { lenient: true });
  expect(config).toEqual(mergeConfig({ live: read, desired, policy }).config);
  expect(parseDocument(text, { lenient: true })).toEqual(config);
  for (const part of kept) expect(text).toContain(part);
  expect(text).not.toMatch(/shared-token|ours \*/u);
  expect(mergeText({ live: text, desired, lastApplied: desired, policy }).text).toBe(text);
});

test('without live the text is the one that formatDocument writes', () => {
  const { text, config } = mergeText({ desired: { b: 1, a: [] }, policy });
  expect(text).toBe('{\n  "b": 1,\n  "a": []\n}\n');
  expect(config).toEqual({ b: 1, a: [] });
});

test('what live and desired have wrong is told as ever', () => {
  expect(() => mergeText({ live: '{ a: ', desired, policy })).toThrow(
    expect.objectContaining({ code: 'DOCUMENT_SYNTAX', line: 1, column: 6 }),
  );
  expect(() => mergeText({ live: '{}', desired: { meta: { a: 1 } }, policy })).toThrow(
    expect.objectContaining({ code: 'DESIRED_USER_OWNED' }),
  );
  expect(() => Reflect.apply(mergeText, undefined, [])).toThrow(
    expect.objectContaining({ code: 'POLICY_INVALID' }),
  );
  expect(() => Reflect.apply(mergeText, undefined, [{ live: Buffer.from('{}'), desired, policy }])).toThrow(
    expect.objectContaining({ code: 'DOCUMENT_SYNTAX' }),
  );
});

test('many edits of a long text on one line cost no more than on many', () => {
  const members = Array.from({ length: 20_000 }, (_, at) => `k${at}:[${at},{id:'x'}]`);
  const live = `{${members.join(',')}}`;
  const wanted = Object.fromEntries(members.map((_, at) => [`k${at}`, at % 2 === 0 ? { a: at } : [at, 1]]));
  const all = { rules: [], default: 'managed', defaultReason: undefined } as const;
  const start = performance.now();
  const { text } = mergeText({ live, desired: wanted, policy: all });
  expect(performance.now() - start).toBeLessThan(10_000);
  expect(text.startsWith('{k0:{a:0},k1:[1,1],k2:{a:2}')).toBe(true);
  expect(mergeText({ live: text, desired: {}, lastApplied: wanted, policy: all }).text).toBe('{}');
});
