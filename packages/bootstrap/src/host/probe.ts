/** More is not read: whoever answers may never come to an end of it. In bytes. */
const mostBytes = 1024 * 1024;

/** One GET, without following redirects. @returns undefined while nothing answers within five seconds */
export async function probeOnce(url: string): Promise<{ status: number; body: string } | undefined> {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(5000) });
    return { status: response.status, body: await beginningOf(response) };
  } catch {
    return undefined;
  }
}

async function beginningOf({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body ?? []) {
    parts.push(part as Uint8Array);
    bytes += (part as Uint8Array).length;
    // Leaving the loop ends the answer.
    if (bytes >= mostBytes) break;
  }
  return Buffer.concat(parts).toString('utf8', 0, mostBytes);
}
