import { isSince } from './log-time.ts';

/**
 * What a running gateway says of a changed config. `restart`: it will restart by itself, once nobody's turn is under way.
 * `off`: it takes changes only when it is started again.
 */
export type ReloadVerdict = 'applied' | 'restart' | 'off' | { readonly refused: string };

/**
 * Reads the verdict from what the gateway logs, as text or as JSON. Some changes it takes without a word, and one that
 * changes nothing has none: {@link runsWith} asks it.
 * @param lines oldest first
 * @param since earlier lines speak of earlier changes
 * @returns undefined while it has not said anything yet
 */
export function reloadVerdict(lines: readonly string[], since: Date): ReloadVerdict | undefined {
  for (const line of lines.toReversed()) {
    const verdict = verdictOf(line);
    if (verdict !== undefined) return isSince(line, since) ? verdict : undefined;
  }
  return undefined;
}

function verdictOf(line: string): ReloadVerdict | undefined {
  if (/config (hot reload|change) applied/.test(line)) return 'applied';
  if (/config change requires gateway restart/.test(line)) return 'restart';
  if (/config reload disabled/.test(line)) return 'off';
  const refused = /config reload (failed|skipped \(invalid config\)).*/.exec(line);
  return refused ? { refused: refused[0] } : undefined;
}
