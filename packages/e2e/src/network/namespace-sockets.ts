/**
 * Runs inside a network namespace. Makes sockets there and hands them to its parent, where they go on belonging to the
 * namespace: https://nodejs.org/api/child_process.html#subprocesssendmessage-sendhandle-options-callback
 */
import { connect, createServer } from 'node:net';
import type { SocketRequest, SocketResponse } from './namespace.ts';

process.on('message', (request: SocketRequest) => {
  const { id, host, port } = request;
  const failed = ({ message }: Error) => reply({ id, problem: message });
  if (request.type === 'listen') {
    const server = createServer({ pauseOnConnect: true });
    server.once('error', failed);
    server.listen({ host, port }, () => {
      // From here on the parent's copy accepts.
      process.send?.({ id } satisfies SocketResponse, server, undefined, () => server.close());
    });
  } else {
    const { from } = request;
    const socket = connect({
      host,
      port,
      noDelay: true,
      ...(from === undefined ? {} : { localAddress: from }),
    });
    socket.once('error', failed);
    // In this very turn, before anything is read here.
    socket.once('connect', () => process.send?.({ id } satisfies SocketResponse, socket));
  }
});

// Must not outlive whoever started it, not even one that was killed.
process.on('disconnect', () => process.exit(0));

reply({ id: 0 });

function reply(response: SocketResponse): void {
  process.send?.(response);
}
