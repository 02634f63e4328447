import { createHash, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { WebSocket } from 'ws';

/** Answer of the gateway to a request frame. */
export interface GatewayAnswer {
  readonly ok: boolean;
  readonly payload?: unknown;
  readonly error?: { readonly code?: string; readonly message?: string };
}

interface Frame {
  readonly type: string;
  readonly id?: string;
  readonly event?: string;
  readonly payload?: Record<string, unknown>;
  readonly ok?: boolean;
}

const scopes = [
  'operator.admin',
  'operator.read',
  'operator.write',
  'operator.approvals',
  'operator.questions',
  'operator.pairing',
];

/**
 * Speaks the gateway's WebSocket protocol (version 4) as the Control UI does, with a device identity of its own, and asks
 * for every scope there is: what it gets is what the gateway grants.
 */
export class GatewayClient {
  readonly granted: readonly string[];
  /** Why the connection ended, as in `4001 operator role changed`; undefined while it is open. */
  closedWith: string | undefined;
  readonly #socket: WebSocket;
  readonly #pending: Map<string, (answer: GatewayAnswer) => void>;

  private constructor(
    socket: WebSocket,
    pending: Map<string, (answer: GatewayAnswer) => void>,
    granted: readonly string[],
  ) {
    this.#socket = socket;
    this.#pending = pending;
    this.granted = granted;
    socket.once('close', (code, reason) => (this.closedWith = `${code} ${reason.toString()}`));
  }

  /**
   * @param headers as a browser would send them: `cookie` of the load balancer's session
   * @param address what to connect to, if not to the origin itself
   * @param more fields of the frame `connect` that are another
   */
  static async connect(
    origin: string,
    headers: Record<string, string>,
    address: string = origin,
    more: MoreOfConnect = {},
  ): Promise<GatewayClient> {
    const page = (await request(address, '/', { headers })).body;
    const buildId = /data-openclaw-control-ui-build-id="([^"]+)"/
      .exec(page)?.[1]
      ?.replace(/-[0-9a-f]{64}$/, '');
    const socket = new WebSocket(address.replace(/^http/, 'ws'), {
      headers,
      origin,
      rejectUnauthorized: false,
    });
    const pending = new Map<string, (answer: GatewayAnswer) => void>();
    const device = newDevice();
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('close', (code, reason) => reject(new Error(`closed with ${code}: ${reason.toString()}`)));
      socket.on('message', (data: Buffer) => {
        const frame = JSON.parse(data.toString('utf8')) as Frame;
        if (frame.type === 'res') {
          pending.get(frame.id!)?.(frame as unknown as GatewayAnswer);
          pending.delete(frame.id!);
        }
        if (frame.event === 'connect.challenge') {
          const challenge = frame.payload as { nonce: string; ts: number };
          const admitted = async () => {
            const answer = await send(
              socket,
              pending,
              'connect',
              connectParameters(device, challenge, buildId, more),
            );
            if (!answer.ok) throw new Error(`${answer.error?.code}: ${answer.error?.message}`);
            const { auth } = answer.payload as { auth: { scopes?: string[] } };
            return new GatewayClient(socket, pending, auth.scopes ?? []);
          };
          admitted().then(resolve, reject);
        }
      });
    });
  }

  call(method: string, parameters: unknown = {}): Promise<GatewayAnswer> {
    return send(this.#socket, this.#pending, method, parameters);
  }

  /** Sends a chat message. @returns what the agent answered. Rejects when the connection or the turn ends without. */
  async say(message: string, sessionKey = 'main'): Promise<string> {
    const runId = randomUUID();
    const answered = this.#answerOf(runId);
    const [sent, answer] = await Promise.all([
      this.call('chat.send', { sessionKey, message, deliver: false, idempotencyKey: runId }),
      answered,
    ]);
    if (!sent.ok) throw new Error(`${sent.error?.code}: ${sent.error?.message}`);
    return answer;
  }

  close(): void {
    this.#socket.close();
  }

  #answerOf(runId: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#socket.once('close', (code, reason) =>
        reject(new Error(`closed with ${code}: ${reason.toString()}`)),
      );
      this.#socket.on('message', (data: Buffer) => {
        const { event, payload } = JSON.parse(data.toString('utf8')) as Frame;
        if (event !== 'chat' || payload?.['runId'] !== runId) return;
        const { state, message } = payload as { state: string; message?: { content?: { text?: string }[] } };
        if (state === 'final') resolve((message?.content ?? []).map(({ text }) => text ?? '').join(''));
        if (state === 'error' || state === 'aborted')
          reject(new Error(`${state}: ${JSON.stringify(payload)}`));
      });
    });
  }
}

function send(
  socket: WebSocket,
  pending: Map<string, (answer: GatewayAnswer) => void>,
  method: string,
  params: unknown,
): Promise<GatewayAnswer> {
  const id = randomUUID();
  return new Promise((answered, failed) => {
    const timer = setTimeout(() => failed(new Error(`no answer to ${method}`)), 30_000);
    pending.set(id, (answer) => {
      clearTimeout(timer);
      answered(answer);
    });
    socket.send(JSON.stringify({ type: 'req', id, method, params }));
  });
}

/** What a client of another kind, or somebody who has no login, says of itself. */
export interface MoreOfConnect {
  /** Default: operator. */
  readonly role?: string;
  /** Default: every scope there is. */
  readonly scopes?: readonly string[];
  readonly auth?: { readonly password?: string; readonly token?: string; readonly deviceToken?: string };
}

interface Device {
  readonly id: string;
  readonly publicKey: string;
  readonly privateKey: KeyObject;
}

function newDevice(): Device {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  return {
    id: createHash('sha256').update(raw).digest('hex'),
    publicKey: raw.toString('base64url'),
    privateKey,
  };
}

function connectParameters(
  device: Device,
  { nonce, ts }: { nonce: string; ts: number },
  buildId: string | undefined,
  more: MoreOfConnect,
): unknown {
  const { role = 'operator', scopes: wanted = scopes, auth } = more;
  const client = {
    id: 'openclaw-control-ui',
    version: '2026.9.6',
    platform: 'Linux x86_64',
    mode: 'webchat',
    instanceId: randomUUID(),
    ...(buildId === undefined ? {} : { buildId }),
  };
  const token = auth?.token ?? auth?.deviceToken ?? '';
  const signed = ['v2', device.id, client.id, client.mode, role, wanted.join(','), ts, token, nonce].join(
    '|',
  );
  return {
    minProtocol: 4,
    maxProtocol: 4,
    client,
    role,
    scopes: wanted,
    ...(auth === undefined ? {} : { auth }),
    caps: ['agent-kind', 'approvals', 'tool-events', 'inline-widgets'],
    userAgent: 'clawharbor-e2e',
    locale: 'en-US',
    device: {
      id: device.id,
      publicKey: device.publicKey,
      signature: sign(null, Buffer.from(signed), device.privateKey).toString('base64url'),
      signedAt: ts,
      nonce,
    },
  };
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

/** One request, redirects not followed, the certificate made on this machine accepted. */
export async function request(
  origin: string,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const url = new URL(origin);
    const start = url.protocol === 'http:' ? httpRequest : httpsRequest;
    start(
      {
        host: url.hostname,
        port: url.port,
        path,
        method: options.method ?? 'GET',
        headers: options.headers ?? {},
        rejectUnauthorized: false,
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        response.once('end', () =>
          resolve({ status: response.statusCode!, headers: response.headers, body }),
        );
      },
    )
      .once('error', reject)
      .end(options.body);
  });
}
