import { parseSet, type ConfigSet } from '../config/config-set.ts';
import { writtenInto, type Config } from '../config/merge.ts';
import type { Host } from '../host/host.ts';

const provider = 'clawharbor-rehearsal';
const model = 'answer';

/** A port for a model in a network that only a gateway is in: away from the gateway's own and those next to it. */
export function trialModelPort(gatewayPort: number): number {
  return gatewayPort > 32_768 ? gatewayPort - 10_000 : gatewayPort + 10_000;
}

/**
 * A config whose agents ask a model on the loopback. Nothing else changes, and the other providers stay: a release that
 * trips over them does so.
 * @see docs/gateway/config-agents/entries-and-multi-agent.md of OpenClaw: an agent's own model goes before the default
 */
export function withTrialModel(config: Config, port: number): Config {
  const { models, agents } = config;
  const { defaults, list, entries } = object(agents);
  return {
    ...config,
    models: {
      ...object(models),
      providers: {
        ...object(object(models)['providers']),
        [provider]: {
          baseUrl: `http://127.0.0.1:${port}/v1`,
          api: 'openai-completions',
          apiKey: 'none',
          models: [
            { id: model, name: 'Rehearsal', input: ['text'], contextWindow: 200_000, maxTokens: 1024 },
          ],
        },
      },
    },
    agents: {
      ...object(agents),
      defaults: { ...object(defaults), model: { primary: `${provider}/${model}` } },
      ...(Array.isArray(list) ? { list: list.map(withoutModel) } : {}),
      ...(entries === undefined
        ? {}
        : {
            entries: Object.fromEntries(
              Object.entries(object(entries)).map(([id, agent]) => [id, withoutModel(agent)]),
            ),
          }),
    },
  };
}

/** The same files, with {@link withTrialModel} written into them. */
export function pointedAtTrialModel(host: Host, set: ConfigSet, port: number): ConfigSet {
  const live = parseSet(host, set);
  return writtenInto(live, withTrialModel(live.joined.value, port) as typeof live.joined.value).set;
}

function withoutModel(agent: unknown): Config {
  const { model: _, ...rest } = object(agent);
  return rest;
}

function object(value: unknown): Config {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Config) : {};
}
