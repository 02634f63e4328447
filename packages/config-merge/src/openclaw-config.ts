/**
 * The parts of OpenClaw's config that the policy names (https://docs.openclaw.ai/gateway/configuration-reference),
 * so that a rule for a misspelt path does not compile. `unknown` where the policy covers a part as a whole.
 */
export interface OpenClawConfig {
  readonly agents?: { readonly defaults?: unknown; readonly entries?: Readonly<Record<string, Agent>> };
  readonly channels?: unknown;
  readonly cron?: { readonly webhookToken?: unknown };
  readonly discovery?: unknown;
  readonly env?: unknown;
  readonly gateway?: Gateway;
  readonly hooks?: unknown;
  readonly logging?: { readonly consoleStyle?: string; readonly file?: string };
  readonly mcp?: unknown;
  readonly memory?: Memory;
  readonly messages?: unknown;
  readonly meta?: unknown;
  readonly models?: {
    readonly mode?: string;
    readonly providers?: Readonly<Record<string, ModelProvider>>;
  };
  readonly plugins?: {
    readonly allow?: readonly string[];
    readonly deny?: readonly string[];
    readonly enabled?: boolean;
    readonly load?: { readonly paths?: readonly string[] };
    readonly entries?: Readonly<Record<string, PluginEntry>> & { readonly clawharbor?: PluginEntry };
  };
  readonly secrets?: { readonly providers?: Readonly<Record<string, { readonly env?: unknown }>> };
  readonly skills?: unknown;
  readonly talk?: unknown;
  readonly tools?: unknown;
  readonly tts?: unknown;
  readonly update?: unknown;
  readonly wizard?: unknown;
}

interface PluginEntry {
  readonly config?: unknown;
  readonly enabled?: boolean;
}

interface Agent {
  readonly memory?: Memory;
  readonly tts?: unknown;
}

interface Memory {
  readonly search?: { readonly remote?: unknown };
}

interface Gateway {
  readonly allowRealIpFallback?: boolean;
  readonly auth?: {
    readonly password?: unknown;
    readonly token?: unknown;
    readonly trustedProxy?: { readonly secret?: unknown };
  };
  readonly controlUi?: {
    readonly allowedOrigins?: readonly string[];
    readonly dangerouslyAllowHostHeaderOriginFallback?: boolean;
    readonly dangerouslyDisableDeviceAuth?: boolean;
  };
  readonly customBindHost?: string;
  readonly portals?: unknown;
  readonly remote?: unknown;
  readonly roles?: unknown;
  readonly tailscale?: unknown;
  readonly terminal?: unknown;
  readonly tls?: unknown;
  readonly trustedProxies?: readonly string[];
}

interface ModelProvider {
  readonly apiKey?: unknown;
  readonly headers?: unknown;
  readonly models?: readonly { readonly headers?: unknown; readonly id: string }[];
  readonly request?: unknown;
}
