import type { Effect } from '../src/openclaw/effects.ts';
import type { OpenClawFacts } from './facts.ts';

/** One table of what a change does, without what follows from a shorter path. */
export function effectsOf({ reload, reconnects }: OpenClawFacts): Record<string, Effect> {
  const all = new Map<string, Effect>(
    Object.entries(reload).map(([path, kind]) => [path, kind === 'restart' ? 'restart' : 'live']),
  );
  for (const path of reconnects) {
    if (all.get(path) === 'live') all.set(path, 'reconnect');
    else throw new Error(`a change of ${path} closes connections, but is not hot`);
  }
  // Who came from an origin that is no longer allowed is closed with 1008, which no table of OpenClaw says.
  for (const path of [
    'gateway.controlUi.allowedOrigins',
    'gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback',
  ]) {
    if (all.get(path) === 'live') all.set(path, 'reconnect');
  }
  const own = [...all].filter(([path, effect]) => effect !== inherited(path, all));
  const unread = own.find(([path]) => path.includes('*'));
  if (unread) throw new Error(`${unread[0]}: a rule for any key, which the lookup does not read yet`);
  return Object.fromEntries(own.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function inherited(path: string, all: ReadonlyMap<string, Effect>): Effect {
  const parent = path.slice(0, Math.max(0, path.lastIndexOf('.')));
  if (parent === '') return 'restart';
  return all.get(parent) ?? inherited(parent, all);
}
