import * as fc from 'fast-check';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

/** Topics of people, valid in OpenClaw 2026.9.6: its own documentation has them in these forms. */
const topics: readonly fc.Arbitrary<JsonObject>[] = [
  fc.record({
    messages: fc.record(
      {
        ackReactionScope: fc.constantFrom('all', 'direct', 'group-mentions'),
        responsePrefix: fc.string({ maxLength: 6 }),
        groupChat: fc.record({ historyLimit: fc.integer({ min: 1, max: 50 }) }),
      },
      { requiredKeys: [] },
    ),
  }),
  fc.record({
    session: fc.record({
      reset: fc.oneof(
        fc.record({ mode: fc.constant('daily'), atHour: fc.nat(23) }),
        fc.record({ mode: fc.constant('idle'), idleMinutes: fc.integer({ min: 1, max: 500 }) }),
      ),
    }),
  }),
  fc.record({ ui: fc.record({ seamColor: fc.constantFrom('#336699', '#000000') }) }),
  fc.record({
    agents: fc.record({
      defaults: fc.record(
        {
          maxConcurrent: fc.integer({ min: 1, max: 8 }),
          model: fc.record({ primary: fc.constantFrom('anthropic/claude-sonnet-5', 'openai/gpt-5') }),
          thinkingDefault: fc.constantFrom('off', 'low', 'high'),
        },
        { requiredKeys: [] },
      ),
    }),
  }),
  fc.record({
    tools: fc.record(
      {
        allow: fc.subarray(['read', 'exec', 'web_fetch']),
        agentToAgent: fc.record({ enabled: fc.boolean(), allow: fc.subarray(['main', 'docs']) }),
      },
      { requiredKeys: [] },
    ),
  }),
  fc.record({ cron: fc.record({ enabled: fc.boolean() }) }),
  fc.record({ env: fc.record({ vars: fc.record({ TEAM: fc.string({ maxLength: 5 }) }) }) }),
];

const scopes = fc.subarray(['operator.read', 'operator.write', 'operator.admin', 'operator.pairing']);
const origins = fc.subarray(['https://elsewhere.example.org', 'http://localhost:3000']);

/** What people, or their agent, may write at the ways in: each valid, none of it theirs to decide. */
const waysIn: readonly fc.Arbitrary<JsonObject>[] = [
  fc.record({ trustedProxies: fc.subarray(['10.200.0.0/16', '0.0.0.0/0', '192.168.1.4']) }),
  fc.record({ allowRealIpFallback: fc.boolean() }),
  fc.record({
    auth: fc.oneof(
      fc.record({ mode: fc.constant('token'), token: fc.constant('an-old-shared-token-0001') }),
      fc.record({ mode: fc.constant('password'), password: fc.constant('an-old-password-0001') }),
      fc.record({ identityScopes: fc.dictionary(fc.constantFrom('somebody', 'x@example.org'), scopes) }),
      fc.record({ rateLimit: fc.record({ maxAttempts: fc.integer({ min: 1, max: 1000 }) }) }),
      fc.record({
        trustedProxy: fc.record({ userHeader: fc.constant('x-user'), allowLoopback: fc.boolean() }),
      }),
    ),
  }),
  fc.record({ controlUi: fc.record({ allowedOrigins: origins }) }),
  fc.record({ terminal: fc.record({ enabled: fc.boolean() }) }),
  fc.record({ port: fc.integer({ min: 1024, max: 65000 }) }),
  fc.record({ tailscale: fc.record({ mode: fc.constantFrom('off', 'serve', 'funnel') }) }),
];

const otherWays: readonly fc.Arbitrary<JsonObject>[] = [
  fc.record({
    update: fc.record({ checkOnStart: fc.boolean(), auto: fc.record({ enabled: fc.boolean() }) }),
  }),
  fc.record({
    discovery: fc.record({ mdns: fc.record({ mode: fc.constantFrom('off', 'minimal', 'full') }) }),
  }),
];

const part = fc.oneof(
  { weight: 2, arbitrary: fc.oneof(...topics) },
  { weight: 2, arbitrary: fc.oneof(...waysIn).map((gateway) => ({ gateway })) },
  { weight: 1, arbitrary: fc.oneof(...otherWays) },
);

/** One thing in the spec that OpenClaw does not take, each at a key that the pod's owner may set. */
const wrongWishes: readonly JsonObject[] = [
  { tools: { agentToAgent: { enabled: true, allow: [{ from: 'main', to: 'ops' }] } } },
  { session: { reset: { mode: 'daily', hour: 5 } } },
  { session: { reset: null } },
  { messages: { ackReactionScope: 'nobody' } },
  { mesages: { responsePrefix: 'hi' } },
  { agents: { defaults: { maxConcurrent: 'three' } } },
  { cron: { enabled: 'yes' } },
  { ui: { seamColour: '#123456' } },
];

export interface RandomConfig {
  /** The files of the live config by name, the main one among them. */
  readonly files: Readonly<Record<string, string>>;
  /** More `openclaw.config` of the spec. */
  readonly wish: JsonObject;
}

/**
 * Live configs of people with included files: at the root, at a topic, several at one place, files in files, keys beside
 * an include, absolute names are left to tests of their own.
 */
export const randomConfigs: fc.Arbitrary<RandomConfig> = fc
  .record({
    main: fc.array(part, { maxLength: 4 }).map(joined),
    included: fc.array(part, { minLength: 1, maxLength: 3 }).map(joined),
    second: fc.array(part, { maxLength: 2 }).map(joined),
    form: fc.constantFrom('none', 'root', 'several', 'nested', 'topic'),
    wish: fc.constantFrom(...wrongWishes),
  })
  .map(({ main, included, second, form, wish }) => ({ files: filesOf(form, main, included, second), wish }));

function filesOf(form: string, main: JsonObject, included: JsonObject, second: JsonObject) {
  const text = (value: JsonObject): string => JSON.stringify(value, undefined, 2);
  switch (form) {
    case 'root':
      return { 'openclaw.json': text({ $include: './a.json5', ...main }), 'a.json5': text(included) };
    case 'several':
      return {
        'openclaw.json': text({ $include: ['./a.json5', 'topics/b.json5'], ...main }),
        'a.json5': text(included),
        'topics/b.json5': text(second),
      };
    case 'nested':
      return {
        'openclaw.json': text({ $include: './topics/a.json5', ...main }),
        'topics/a.json5': text({ $include: './b.json5', ...included }),
        'topics/b.json5': text(second),
      };
    case 'topic': {
      const [topic = 'gateway', value = {}] = Object.entries(included)[0] ?? [];
      return {
        'openclaw.json': text({ ...main, [topic]: { $include: './topic.json5' } }),
        'topic.json5': text(value as JsonObject),
      };
    }
    default:
      return { 'openclaw.json': text(joined([main, included])) };
  }
}

function joined(parts: readonly JsonObject[]): JsonObject {
  return parts.reduce<JsonObject>((whole, more) => merged(whole, more), {});
}

function merged(under: JsonObject, over: JsonObject): JsonObject {
  const result = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = result[key];
    result[key] = isObject(below) && isObject(value) ? merged(below, value) : value;
  }
  return result;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
