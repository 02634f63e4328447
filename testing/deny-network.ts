import { Socket } from 'node:net';

// A unit test that reaches out is slow, flaky, and proves somebody else's server. Loopback stays open for
// stand-ins that the test itself starts.
// oxlint-disable-next-line typescript/unbound-method -- called with its socket below
const connect = Socket.prototype.connect;
Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
  const first = Array.isArray(args[0]) ? (args[0] as unknown[])[0] : args[0];
  const target =
    typeof first === 'object' && first !== null ? (first as { host?: string; path?: string | null }) : {};
  const host = target.host ?? (typeof args[1] === 'string' ? args[1] : 'localhost');
  // An HTTP client passes a path of null where there is no socket file.
  if (typeof target.path !== 'string' && !/^(localhost|127\.|::1$|\[::1\]$)/.test(host)) {
    throw new Error(`A unit test tried to connect to ${host}: unit tests run without a network.`);
  }
  return Reflect.apply(connect, this, args) as Socket;
};
