import { join } from 'node:path';
import * as z from 'zod';
import { parseOrNothing } from '../config/files.ts';
import { answerMark, NoAnswer, type Conversation } from '../host/conversation.ts';
import type { Host } from '../host/host.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import { installDirectory, openclawEnvironment } from './gateway-unit.ts';

/** How long the client is kept for a next call. It holds the databases of the state open, if only to read, so not for long. */
const keptMilliseconds = 5_000;

/** How much longer than the gateway the client may take: it starts, too. */
const startSeconds = 60;

export interface GatewayCall {
  readonly method: string;
  readonly parameters: unknown;
  /** Default: 10, as on OpenClaw's command line. */
  readonly timeoutSeconds?: number;
  /** Whether to wait for the end of what the method begins. Default: false. */
  readonly isFinal?: boolean;
  /** What the host calls as, where the method asks for more than its own. Default: the least that OpenClaw's client knows for the method. */
  readonly scopes?: readonly string[];
}

const result = z.object({ answer: z.unknown().optional(), failed: z.string().optional() });

/** What a method answered, or why not. */
export type GatewayAnswer = Readonly<z.output<typeof result>>;

/**
 * Calls methods of the running gateway as its host, by OpenClaw's own client (`openclaw/plugin-sdk/gateway-runtime`), which is
 * what `openclaw gateway call` runs. A start of it takes seconds and a call milliseconds, so the program that calls is kept for a
 * moment.
 */
export class GatewayLine {
  readonly #host: Host;
  #open: { readonly basis: string; readonly conversation: Conversation } | undefined;
  #idle: NodeJS.Timeout | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(host: Host) {
    this.#host = host;
  }

  /** @param password of the gateway for its own machine */
  call(spec: PodSpec, password: string | undefined, call: GatewayCall): Promise<GatewayAnswer> {
    const answered = this.#turn.then(() => this.#call(spec, password, call));
    this.#turn = answered.catch(() => {});
    return answered;
  }

  /**
   * Starts the client ahead of the first call, as while the gateway itself starts. It has opened nothing of the state before a
   * call. A client that does not start says so when it is called.
   */
  warm(spec: PodSpec, password: string | undefined): void {
    const warmed = this.#turn.then(() => this.#ask(spec, password, { warm: true }, startSeconds));
    this.#turn = warmed.catch(() => {});
  }

  /** Lets go of the state. A call after it starts anew. */
  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const open = this.#open;
    this.#open = undefined;
    await open?.conversation.close();
  }

  async #call(spec: PodSpec, password: string | undefined, call: GatewayCall): Promise<GatewayAnswer> {
    const { method, parameters, timeoutSeconds: seconds = 10, isFinal = false, scopes } = call;
    const question = { method, parameters, seconds, isFinal, scopes };
    try {
      const said = await this.#ask(spec, password, question, seconds + startSeconds);
      const parsed = result.safeParse(parseOrNothing(said));
      return parsed.success ? parsed.data : { failed: 'its client answered in another form than it had' };
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      return { failed: error.message };
    } finally {
      this.#idle = setTimeout(() => void this.close(), keptMilliseconds).unref();
    }
  }

  async #ask(
    spec: PodSpec,
    password: string | undefined,
    question: object,
    seconds: number,
  ): Promise<string> {
    clearTimeout(this.#idle);
    const conversation = await this.#conversation(spec, password);
    try {
      return await conversation.ask(JSON.stringify(question), seconds);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async #conversation(spec: PodSpec, password: string | undefined): Promise<Conversation> {
    const host = this.#host;
    const basis = JSON.stringify([spec.openclaw.version, password]);
    if (this.#open?.basis === basis && !this.#open.conversation.isOver) return this.#open.conversation;
    await this.close();
    const { gatewayUser } = host;
    const conversation = host.converse({
      file: host.node,
      args: [
        '--input-type=module',
        '--eval',
        program,
        join(installDirectory(host.layout, spec.openclaw.version), 'package.json'),
      ],
      cwd: host.layout.state,
      environment: {
        ...openclawEnvironment(host, spec),
        ...(password === undefined ? {} : { OPENCLAW_GATEWAY_PASSWORD: password }),
      },
      ...(gatewayUser === undefined ? {} : { user: gatewayUser }),
    });
    this.#open = { basis, conversation };
    return conversation;
  }
}

/** Runs apart from this program, as the gateway's user, so it is text. */
const program = `
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

let client;
for await (const line of createInterface({ input: process.stdin })) {
  const { warm, method, parameters, seconds, isFinal, scopes } = JSON.parse(line);
  let said;
  try {
    client ??= await import(
      pathToFileURL(createRequire(process.argv[1]).resolve('openclaw/plugin-sdk/gateway-runtime')).href
    );
    const options = { json: true, timeout: String(seconds * 1000) };
    const more = { progress: false, expectFinal: isFinal, sharedStateMode: 'read-only', scopes };
    const answer = warm ? null : await client.callGatewayFromCli(method, options, parameters, more);
    said = { answer: answer ?? null };
  } catch (error) {
    said = { failed: String(error?.message ?? error) };
  }
  process.stdout.write('\\n' + ${JSON.stringify(answerMark)} + JSON.stringify(said) + '\\n');
}
process.exit();
`;
