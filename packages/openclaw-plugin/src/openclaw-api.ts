/**
 * The part of OpenClaw's plugin API that the plugin uses, as 2026.9.6 has it (`openclaw/plugin-sdk/plugin-entry`; the
 * package itself is half a gigabyte). All of it is experimental: each release is tested with the plugin.
 * https://docs.openclaw.ai/plugins/sdk-overview
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface HttpRoute {
  readonly path: string;
  readonly match: 'exact' | 'prefix';
  /** `gateway`: only who is signed in, and what an access policy lets in, gets there. */
  readonly auth: 'gateway' | 'plugin';
  /** @returns true when it has answered */
  readonly handler: (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;
}

export interface ChatCommand {
  /** Without the slash. */
  readonly name: string;
  readonly description: string;
  readonly handler: () => { readonly text: string };
}

/** A person as the gateway knows them. */
export interface PersonProfile {
  readonly profileId: string;
  /** Every identity, also one that is no e-mail address, in lower case. */
  readonly emails: readonly string[];
  readonly assignedRole: string | null;
}

/** What a person was granted, for as long as its signal is not aborted. */
export interface GatewayAccess {
  readonly signal: AbortSignal;
  /** Throws when it has ended. */
  readonly assertCurrent: () => void;
}

/** "Person access lifetimes": https://docs.openclaw.ai/plugins/sdk-runtime/gateway-and-nodes */
export interface GatewayAccessPolicy {
  readonly authorize: (context: { readonly profile: PersonProfile }) => GatewayAccess;
}

export interface Service {
  readonly id: string;
  start(): void;
  stop(): void;
}

/** What OpenClaw hands a plugin when it loads it. */
export interface OpenClawApi {
  readonly registrationMode: string;
  /** `plugins.entries.<id>.config`. */
  readonly pluginConfig?: Readonly<Record<string, unknown>>;
  readonly logger: Readonly<Record<'info' | 'warn' | 'error', (message: string) => void>>;
  registerHttpRoute(route: HttpRoute): void;
  registerCommand(command: ChatCommand): void;
  registerService(service: Service): void;
  /** Not before 2026.9.6. */
  registerGatewayAccessPolicy?(policy: GatewayAccessPolicy): void;
}
