import type { PodSpec } from '@clawharbor/bootstrap/spec';
import { deepmergeCustom } from 'deepmerge-ts';

/** What differs between this machine and AWS. */
export interface LaptopFacts {
  /** Where the pod's DNS names are served here, as in `https://localhost:8443`. */
  readonly origin: string;
  /** Where the login page is here. */
  readonly loginUrl: string;
  /** What its user pool is called here. */
  readonly issuer: string;
  /** Where the public keys of the load balancer are here. */
  readonly keysUrl: string;
  /** The DNS names of the pod. */
  readonly dnsNames: readonly string[];
  /** Base URL of the stand-in model, OpenAI-compatible, with `/v1`. */
  readonly modelUrl: string;
  /** Cognito `sub` of the local administrator. */
  readonly adminSub: string;
  /** Set when load balancer and gateway share the loopback interface: the port picked for the gateway. */
  readonly loopbackPort?: number | undefined;
}

/** One thing that the pod on this machine does not take from the template, and why. */
export interface OverlayChange {
  /** In the OpenClaw config of the spec; one that begins with a slash is a path in the spec itself. */
  readonly path: string;
  readonly value: unknown;
  readonly reason: string;
}

/**
 * What a laptop must change in the spec: all of it is here, and `clawharbor-local status` prints it.
 * Everything else is as synthesized for AWS.
 */
export function laptopOverlay(facts: LaptopFacts): OverlayChange[] {
  const model = {
    id: 'stand-in-1',
    name: 'Stand-in model',
    input: ['text'],
    contextWindow: 200_000,
    maxTokens: 4096,
  };
  const changes: OverlayChange[] = [
    {
      path: 'gateway.publicOrigin',
      value: facts.origin,
      reason: `${facts.dnsNames.join(', ')} is served at ${facts.origin} here`,
    },
    {
      path: 'gateway.controlUi.allowedOrigins',
      value: [facts.origin],
      reason: 'browsers send this Origin here',
    },
    {
      path: 'models.providers',
      value: {
        'stand-in': {
          baseUrl: facts.modelUrl,
          api: 'openai-completions',
          // The provider wants a key; the stand-in model asks for none.
          apiKey: 'none',
          models: [model],
        },
      },
      reason: 'Amazon Bedrock cannot be reached from here: a stand-in model answers',
    },
    { path: 'agents.defaults.model', value: { primary: `stand-in/${model.id}` }, reason: 'the same' },
    {
      path: 'plugins.entries.amazon-bedrock',
      value: undefined,
      reason: 'the same: its plugin would be fetched at every start',
    },
    {
      path: '/login.url',
      value: facts.loginUrl,
      reason: "the user pool's domain is served here",
    },
    { path: '/login.issuer', value: facts.issuer, reason: 'the same: its tokens name it so' },
    { path: '/login.keys', value: facts.keysUrl, reason: "the load balancer's public keys are served here" },
    {
      path: `gateway.auth.identityScopes.${facts.adminSub}`,
      value: ['operator.admin'],
      reason: 'the local administrator',
    },
  ];
  if (facts.loopbackPort !== undefined) {
    const reason = 'load balancer and gateway share the loopback interface';
    changes.push(
      { path: 'gateway.port', value: facts.loopbackPort, reason },
      { path: 'gateway.bind', value: 'loopback', reason },
      { path: 'gateway.trustedProxies', value: ['127.0.0.1/32'], reason },
      { path: 'gateway.auth.trustedProxy.allowLoopback', value: true, reason },
    );
  }
  return changes;
}

/** The spec with the overlay laid over its OpenClaw config. The input stays as it is. */
export function applyOverlay(spec: PodSpec, changes: readonly OverlayChange[]): PodSpec {
  const all = changes.reduce<unknown>(
    (below, { path, value }) => laidOver(below, nested(keysOf(path), new Instead(value))),
    spec,
  );
  // That the stand-in for a model answers is known, and to ask takes a second start of OpenClaw.
  const result = { ...(all as PodSpec), smokeTest: false };
  // Local models are a machine's own matter: a laptop runs its own Ollama, or none.
  delete result.ollama;
  return result;
}

function keysOf(path: string): string[] {
  return path.startsWith('/') ? path.slice(1).split('.') : ['openclaw', 'config', ...path.split('.')];
}

/** Takes the place of whatever is there, objects too; of undefined, nothing is left. */
class Instead {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

function nested(keys: readonly string[], value: unknown): unknown {
  return keys.reduceRight((inner, key) => ({ [key]: inner }), value);
}

const laidOver = deepmergeCustom({
  mergeOthers: (values, { actions, deepmerge }) => {
    const top = values.at(-1);
    if (top instanceof Instead) return top.value === undefined ? actions.skip : top.value;
    // An object that the other side does not have may still end in a value that stands instead.
    return isRecord(top) ? deepmerge({}, top) : top;
  },
});

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
