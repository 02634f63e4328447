/** One GET, without following redirects. @returns undefined while nothing answers within five seconds */
export async function probeOnce(url: string): Promise<{ status: number; body: string } | undefined> {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(5000) });
    return { status: response.status, body: await response.text() };
  } catch {
    return undefined;
  }
}
