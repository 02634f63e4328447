import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { PluginConfig } from '../plugin-config.ts';

export type SignInConfig = NonNullable<PluginConfig['signIn']>;

/** Says which WebSocket is the attempt's; known to this process alone, and only while it is made. */
const attemptHeader = 'x-clawharbor-attempt';

/** For the whole attempt, in milliseconds: the gateway answers at once, or is too busy to let anybody in. */
const patienceMilliseconds = 4000;

/** Requests that are an attempt. What is wrong with them is meant to be. */
const attempts = new WeakSet<IncomingMessage>();

export const isAttempt = (request: IncomingMessage): boolean => attempts.has(request);

/**
 * Signs in as a browser behind the load balancer does, to the running gateway, up to the signature, which only the load balancer can
 * make: a WebSocket with its headers and `connect` by the Control UI. No packet of this machine can come from an address of the load
 * balancer, and OpenClaw refuses its own machine's, so the connection is on loopback, and the gateway is told where the load
 * balancer's would be from.
 * @returns why it was refused, in OpenClaw's words; `let in` if it was not; else what became of it
 */
export async function attemptSignIn(server: Server, { address, headers }: SignInConfig): Promise<string> {
  const secret = randomUUID();
  const onUpgrade = (request: IncomingMessage, socket: Duplex): void => {
    if (request.headers[attemptHeader] !== secret) return;
    delete request.headers[attemptHeader];
    attempts.add(request);
    Object.defineProperty(socket, 'remoteAddress', { value: address });
  };
  // Before the gateway, and before what judges requests.
  server.prependListener('upgrade', onUpgrade);
  try {
    const { port } = server.address() as AddressInfo;
    return await refusalAt(`ws://127.0.0.1:${port}/`, { ...headers, [attemptHeader]: secret });
  } finally {
    server.off('upgrade', onUpgrade);
  }
}

function refusalAt(url: string, headers: Readonly<Record<string, string>>): Promise<string> {
  // Node.js's own takes what undici's takes: https://undici.nodejs.org/#/docs/api/WebSocket
  const socket = new WebSocket(url, { headers } as unknown as string[]);
  return new Promise<string>((resolve) => {
    const late = setTimeout(() => resolve('no answer'), patienceMilliseconds);
    socket.addEventListener('close', ({ code, reason }) => {
      clearTimeout(late);
      resolve(`closed with ${code} ${reason}`.trim());
    });
    socket.addEventListener('message', ({ data }) => {
      const frame = frameOf(data);
      if (frame.event === 'connect.challenge')
        socket.send(JSON.stringify(connect(frame.payload?.nonce ?? '')));
      if (frame.type === 'res' && frame.id === id) resolve(frame.ok ? 'let in' : reasonOf(frame));
    });
  }).finally(() => socket.close());
}

const id = 'sign-in';

/** `docs/gateway/protocol.md` of OpenClaw, as its Control UI says it: on a device, without which it gets no further. This one is nobody's. */
function connect(nonce: string): object {
  const client = { id: 'openclaw-control-ui', version: 'clawharbor', platform: 'server', mode: 'webchat' };
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const key = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const device = createHash('sha256').update(key).digest('hex');
  const signedAt = Date.now();
  const signed = ['v2', device, client.id, client.mode, 'operator', '', signedAt, '', nonce].join('|');
  const signature = sign(null, Buffer.from(signed), privateKey).toString('base64url');
  const params = {
    minProtocol: 4,
    maxProtocol: 4,
    client,
    role: 'operator',
    scopes: [],
    caps: [],
    device: { id: device, publicKey: key.toString('base64url'), signature, signedAt, nonce },
  };
  return { type: 'req', id, method: 'connect', params };
}

interface Frame {
  readonly type?: string;
  readonly event?: string;
  readonly payload?: { readonly nonce?: string };
  readonly id?: string;
  readonly ok?: boolean;
  readonly error?: {
    readonly message?: string;
    readonly details?: { readonly authReason?: string; readonly reason?: string };
  };
}

function frameOf(data: unknown): Frame {
  try {
    return (JSON.parse(String(data)) ?? {}) as Frame;
  } catch {
    return {};
  }
}

const reasonOf = ({ error }: Frame): string =>
  error?.details?.authReason ?? error?.details?.reason ?? error?.message ?? 'refused without a reason';
