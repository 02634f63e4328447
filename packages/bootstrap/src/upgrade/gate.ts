import { contradictions, type Wanted } from '../config/merge.ts';
import type { OpenClawRelease } from '../openclaw-release.ts';
import { lossesOf, withTurn, type Counts, type StateFacts } from './counts.ts';

/** What was seen of a gateway of the new release, on a copy of the state or on the state itself. */
export interface Seen {
  /** Why it does not run, or did not go on running. Absent: it was ready and stayed so. */
  readonly down?: string | undefined;
  /** What its config is, as it says itself. Absent: it did not say, and {@link unanswered} says why. */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  readonly unanswered?: string | undefined;
  /** Whether it runs with something else than what is on disk, as it says itself. */
  readonly isOther?: boolean | undefined;
  /** HTTP status for somebody who does not say who they are, and for one who comes by the load balancer. Absent: not tried. */
  readonly anonymous?: number | undefined;
  readonly signedIn?: number | undefined;
  /** The same for one who claims to come by it and does not. */
  readonly impostor?: number | undefined;
  /** Why it would let in nobody who signs in, where only the load balancer can say who that is. Absent: it would, or was not asked. */
  readonly lockedOut?: string | undefined;
  /** Sessions that it lists. */
  readonly sessions?: number | undefined;
  /** Why nobody answers a message. Absent: somebody does, or nobody was asked. */
  readonly silent?: string | undefined;
  readonly state: StateFacts;
}

export interface Expected {
  readonly before: Counts;
  /** Whether there was one more conversation since, after its sessions were listed. Default: false. */
  readonly hasTurn?: boolean;
  readonly wanted: Pick<Wanted, 'desired' | 'owners'>;
  readonly release: Pick<OpenClawRelease, 'version' | 'schemas'>;
}

/**
 * What speaks against a release, as it was seen; nothing: it passes. Ready is not enough: a gateway can be ready without
 * the config, the ways in or the conversations.
 */
export function objections(seen: Seen, { before, hasTurn = false, wanted, release }: Expected): string[] {
  if (seen.down !== undefined) return [`it ${seen.down}`];
  const { state, config } = seen;
  const kinds = ['state', 'agent'] as const;
  return [
    ...(config === undefined
      ? [`it does not answer (${seen.unanswered ?? 'no reason given'})`]
      : contradictions(shown(config, wanted.desired), wanted, 'ways in').map(
          (line) => `it runs without a way in that was decided: ${line}`,
        )),
    ...(seen.isOther === true ? ['it runs with another config than the one on disk'] : []),
    ...(asksWho(wanted.desired) && isLetIn(seen.anonymous)
      ? [`it answers ${seen.anonymous} to somebody who does not say who they are`]
      : []),
    ...(seen.signedIn !== undefined && !isLetIn(seen.signedIn)
      ? [`it answers ${seen.signedIn} to somebody who signed in at the load balancer`]
      : []),
    ...(seen.lockedOut === undefined ? [] : [`it lets nobody in: ${seen.lockedOut}`]),
    ...(isLetIn(seen.impostor)
      ? [`it answers ${seen.impostor} to somebody who only claims to come by the load balancer`]
      : []),
    ...state.damaged.map((line) => `it left a damaged database: ${line}`),
    ...kinds.flatMap((kind) => {
      const [is, should] = [state.schemas[kind], release.schemas[kind]];
      const isRight = is === undefined || should === undefined || is === should;
      return isRight
        ? []
        : [`the ${kind} database has the schema ${is}, and ${release.version} writes ${should}`];
    }),
    ...lossesOf(hasTurn ? withTurn(before) : before, state.counts).map((loss) => `there are ${loss}`),
    ...((seen.sessions ?? 0) === 0 && (before.sessions ?? 0) > 0 && seen.sessions !== undefined
      ? [`it lists none of ${before.sessions} sessions`]
      : []),
    ...(seen.silent === undefined ? [] : [`it answers no message: ${seen.silent}`]),
  ];
}

const hidden = '__OPENCLAW_REDACTED__';

/** What a gateway does not show, because it may be a secret, it is believed to have. */
function shown(config: Readonly<Record<string, unknown>>, desired: unknown): Record<string, unknown> {
  const believed = (value: unknown, wanted: unknown): unknown => {
    if (typeof value === 'string' && value.includes(hidden)) return wanted ?? value;
    if (Array.isArray(value))
      return value.map((each, index) => believed(each, (wanted as unknown[])?.[index]));
    return typeof value === 'object' && value !== null
      ? shown(value as Record<string, unknown>, wanted)
      : value;
  };
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      believed(value, (wantedAt(desired) as Record<string, unknown>)[key]),
    ]),
  );
}

const wantedAt = (desired: unknown): object =>
  typeof desired === 'object' && desired !== null ? desired : {};

/** Behind a load balancer that signs people in, nobody is anonymous. */
function asksWho(desired: Readonly<Record<string, unknown>>): boolean {
  const { gateway } = desired as { gateway?: { auth?: { mode?: unknown } } };
  return gateway?.auth?.mode === 'trusted-proxy';
}

function isLetIn(status: number | undefined): boolean {
  return status !== undefined && status < 400;
}
