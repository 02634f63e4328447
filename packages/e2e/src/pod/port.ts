import { createServer } from 'node:net';
import { join } from 'node:path';
import { readDocument, writeDocument, type DataDirectory } from './data-dir.ts';
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

/**
 * A port that is the same at every start, as long as it is free: what names it, such as a config, does not change then.
 * @param name who listens there
 */
export async function rememberedPort(directory: DataDirectory, name: string): Promise<number> {
  const file = join(directory.root, 'ports.json');
  const ports = new Map(Object.entries((readDocument(file) ?? {}) as Record<string, number>));
  const known = ports.get(name);
  if (known !== undefined && (await isFree(known))) return known;
  const port = await tryPort(0);
  writeDocument(file, Object.fromEntries(ports.set(name, port)));
  return port;
}

function isFree(port: number): Promise<boolean> {
  return tryPort(port).then(
    () => true,
    () => false,
  );
}

/**
 * @param option names the port on the command line
 * @throws PodError `PORT_TAKEN`
 */
export async function refuseTakenPort(port: number, option: '--port' | '--login-port'): Promise<void> {
  try {
    await tryPort(port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new PodError(
      'PORT_TAKEN',
      `port ${port} on localhost cannot be used (${code}): stop what listens there, or choose another with ${option}`,
      { cause: error },
    );
  }
}
