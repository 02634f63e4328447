import { createServer } from 'node:net';
import { PodError } from './errors.ts';

/**
 * Tries to listen on a port of localhost.
 * @param wanted 0 takes any free one
 * @returns the port
 * @throws the error of `listen`, as in EADDRINUSE
 */
export async function tryPort(wanted: number): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening, failed) => {
    server.once('error', failed).listen(wanted, '127.0.0.1', listening);
  });
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}

/** @throws PodError `PORT_TAKEN` */
export async function refuseTakenPort(port: number): Promise<void> {
  try {
    await tryPort(port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new PodError(
      'PORT_TAKEN',
      `port ${port} on localhost cannot be used (${code}): stop what listens there, or choose another with --port`,
      { cause: error },
    );
  }
}
