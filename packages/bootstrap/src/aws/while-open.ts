/**
 * Uses a client of the SDK and closes it. What is aborted in the middle of an answer would otherwise keep its connection,
 * and the process with it.
 */
export async function whileOpen<C extends { destroy(): void }, T>(
  client: C,
  signal: AbortSignal,
  use: (client: C) => Promise<T>,
): Promise<T> {
  const close = (): void => client.destroy();
  signal.addEventListener('abort', close);
  try {
    return await use(client);
  } finally {
    signal.removeEventListener('abort', close);
    close();
  }
}
