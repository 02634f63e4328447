import type { PodSpec } from '@clawharbor/bootstrap/spec';

/** What differs between this machine and AWS. */
export interface LaptopFacts {
  /** Where the pod's DNS names are served here, as in `https://localhost:8443`. */
  readonly origin: string;
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
  const result = structuredClone(spec);
  for (const { path, value } of changes) setAt(result.openclaw.config, path.split('.'), value);
  // Local models are a machine's own matter: a laptop runs its own Ollama, or none.
  delete result.ollama;
  return result;
}

function setAt(target: Record<string, unknown>, [key, ...rest]: string[], value: unknown): void {
  if (key === undefined) return;
  if (rest.length === 0) {
    if (value === undefined) delete target[key];
    else target[key] = value;
    return;
  }
  const next = target[key];
  if (typeof next === 'object' && next !== null) setAt(next as Record<string, unknown>, rest, value);
  else if (value !== undefined) {
    const made: Record<string, unknown> = {};
    target[key] = made;
    setAt(made, rest, value);
  }
}
