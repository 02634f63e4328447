/**
 * Connections to a target.
 *
 * Elastic Load Balancing, "Connection idle timeout": a connection to a target is reused until the target closes it or
 * nothing was sent for the idle timeout of the load balancer. What the target says in a Keep-Alive header plays no part,
 * which is why a target with a shorter timeout causes a 502 now and then
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#connection-idle-timeout)
 */
import { Agent, type ClientRequestArgs } from 'node:http';
import { connect as netConnect, type Socket } from 'node:net';
import { type Duplex, PassThrough } from 'node:stream';

export interface Address {
  readonly host: string;
  /** 1-65535 */
  readonly port: number;
}

/** Dials a target, perhaps from another network namespace. The socket may still be connecting. */
export type Connect = (address: Address) => Socket | Promise<Socket>;

/** A target that does not accept a connection within this time, in milliseconds, is answered for with 504. */
const connectTimeout = 10_000;

export const directly: Connect = ({ host, port }) => netConnect({ host, port, noDelay: true });

export class ConnectTimeout extends Error {
  override readonly name = 'ConnectTimeout';
}

export async function dial(connect: Connect, address: Address, timeout = connectTimeout): Promise<Socket> {
  const socket = await connect(address);
  if (!socket.connecting) return socket;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(new ConnectTimeout()), timeout);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeListener('error', reject);
      resolve(socket);
    });
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}

/** The connections to one target. */
export class TargetConnections extends Agent {
  readonly #connect: Connect;
  readonly #address: Address;
  readonly #idleTimeout: number;

  /** `idleTimeout` is in milliseconds. */
  constructor(connect: Connect, address: Address, idleTimeout: number) {
    super({ keepAlive: true, timeout: idleTimeout });
    this.#connect = connect;
    this.#address = address;
    this.#idleTimeout = idleTimeout;
  }

  override createConnection(
    _options: ClientRequestArgs,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    void this.#open(callback);
  }

  async #open(callback?: (error: Error | null, stream: Duplex) => void): Promise<void> {
    try {
      const socket = await dial(this.#connect, this.#address);
      callback?.(null, socket.setTimeout(this.#idleTimeout));
    } catch (error) {
      // Node looks at the stream only when there is no error.
      callback?.(error instanceof Error ? error : new Error(String(error)), new PassThrough());
    }
  }

  /** Node's own would close earlier than the target announces in Keep-Alive, which a load balancer does not. */
  override keepSocketAlive(socket: Socket): boolean {
    socket.setKeepAlive(true).unref();
    socket.setTimeout(this.#idleTimeout);
    return true;
  }
}
