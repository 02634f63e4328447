import { PluginError } from '../errors.ts';
import type { GatewayAccess, PersonProfile } from '../openclaw-api.ts';
import { standingOf, type RolePlan, type Standing } from './role-plan.ts';
import { RollReader, type Roll } from './roll.ts';

export interface AdmissionOptions {
  /** Where the people of the pod are listed. */
  readonly directory: string;
  /** How old the list may be for somebody new to be let in, in seconds. */
  readonly staleSeconds: number;
  /** Default: a person is in with whichever role they have. */
  readonly roles?: RolePlan | undefined;
  /** Told why somebody is out, or why nobody new gets in; each once. */
  readonly tell: (message: string) => void;
  /** Default: the clock of this machine, in milliseconds of the epoch. */
  readonly now?: () => number;
}

/** From one look at the list to the next, in milliseconds. */
const lookMilliseconds = 250;

interface Grant {
  /** As it was granted; undefined where roles are nobody's concern. */
  standing: Standing | undefined;
  readonly revoked: AbortController;
  readonly access: GatewayAccess;
}

/**
 * Who is in, for as long as the list says so. What is granted to a person is one grant for all that they have open; it ends
 * for good when they are out, and OpenClaw ends with it their WebSockets, requests and turns.
 *
 * A list that is too old, or cannot be read, lets nobody new in and throws nobody out: whoever has a grant keeps it, as
 * whoever cannot be asked about is not out.
 *
 * Where groups decide about roles, nobody is let in before they have theirs: what they do first would be cut off when it comes, or
 * would be more than they may. Who is to have a lesser role than before loses what they have at once; a greater one comes when
 * their turn is over.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #reader: RollReader;
  readonly #grants = new Map<string, Grant>();
  readonly #told = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#reader = new RollReader(options.directory);
  }

  /** Looks at the list again and again from now on. */
  start(): void {
    this.#timer ??= setInterval(() => this.look(), lookMilliseconds).unref();
  }

  /** Ends every grant: who is to judge them is gone. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const sub of this.#grants.keys()) {
      this.#end(sub, new PluginError('PERSON_OUT', 'the gateway reloads who is in'));
    }
  }

  /** @throws PluginError `PERSON_OUT`, `ROLE_NOT_GIVEN`, `PEOPLE_STALE`, `PEOPLE_UNREADABLE` */
  authorize({ emails, assignedRole }: PersonProfile): GatewayAccess {
    // A grant that has begun is judged by each look. Nobody new is let in by a look that is over.
    const roll = this.#rollOrTell();
    const known = emails.map((email) => email.toLowerCase()).filter((email) => this.#grants.has(email));
    if (roll === undefined) {
      const [sub] = known;
      if (sub === undefined) throw new PluginError('PEOPLE_UNREADABLE', 'nobody new is let in');
      return this.#grants.get(sub)!.access;
    }
    const sub = this.#subOf(emails, roll);
    const grant = this.#grants.get(sub);
    const standing = this.#standingOf(sub, roll);
    this.#refuseOtherRole(sub, assignedRole, standing, grant?.standing);
    if (grant !== undefined) {
      // Else it was kept for a role that is still to come.
      if ((assignedRole ?? this.#options.roles?.default) === standing?.role) grant.standing = standing;
      return grant.access;
    }
    // One that is dated ahead is of a clock that was wrong: how old it is, nobody knows.
    const age = Math.abs((this.#options.now ?? Date.now)() - roll.checkedAt);
    if (age > this.#options.staleSeconds * 1000) {
      throw this.#said(
        new PluginError(
          'PEOPLE_STALE',
          `the list of people is dated ${Math.round(age / 1000)} s from now: nobody new is let in, nobody is thrown out`,
        ),
      );
    }
    return this.#grant(sub, standing);
  }

  /** Ends what people have who are out by now. */
  look(): void {
    if (this.#grants.size === 0) return;
    const roll = this.#rollOrTell();
    if (roll === undefined) return;
    for (const [sub, { standing }] of this.#grants) {
      const why = this.#whyOut(sub, roll) ?? whyLess(standing, this.#standingOf(sub, roll));
      if (why !== undefined)
        this.#end(sub, this.#said(new PluginError('PERSON_OUT', `${sub} is out: ${why}`)));
    }
  }

  /** The one of a person's identities that is in the list. Each of them that is out keeps all of them out. */
  #subOf(emails: readonly string[], roll: Roll): string {
    const identities = emails.map((email) => email.toLowerCase());
    const out = identities.find(
      (each) => (roll.kicked.has(each) || roll.people.has(each)) && this.#whyOut(each, roll) !== undefined,
    );
    const sub = out ?? identities.find((each) => roll.people.has(each));
    const why = sub === undefined ? 'is not in the user pool' : this.#whyOut(sub, roll);
    if (sub !== undefined && why === undefined) return sub;
    throw this.#said(new PluginError('PERSON_OUT', `${sub ?? identities.join(', ')} is out: ${why}`));
  }

  #whyOut(sub: string, { people, kicked }: Roll): string | undefined {
    if (kicked.has(sub)) return 'put out by hand';
    const person = people.get(sub);
    if (person === undefined) return 'no longer in the user pool';
    // Who has a role by name needs no group.
    const isNamed = Object.hasOwn(this.#options.roles?.people ?? {}, sub);
    return person.out === 'not-in-group' && isNamed ? undefined : reasons[person.out ?? 'in'];
  }

  #standingOf(sub: string, { people }: Roll): Standing | undefined {
    const person = people.get(sub);
    const { roles } = this.#options;
    return roles === undefined || person === undefined ? undefined : standingOf(person, roles);
  }

  /** @throws PluginError `ROLE_NOT_GIVEN` */
  #refuseOtherRole(
    sub: string,
    assignedRole: string | null,
    standing: Standing | undefined,
    granted: Standing | undefined,
  ): void {
    const { roles } = this.#options;
    if (roles === undefined || standing === undefined) return;
    const role = assignedRole ?? roles.default;
    if (role === standing.role) return;
    // A greater role waits until what is under way has ended.
    if (granted?.role === role && standing.rank <= granted.rank) return;
    throw this.#said(
      new PluginError(
        'ROLE_NOT_GIVEN',
        `${sub} is to be ${standing.role} and is ${role} yet: the bootstrap gives the role with its next run`,
      ),
    );
  }

  #grant(sub: string, standing: Standing | undefined): GatewayAccess {
    const revoked = new AbortController();
    const access: GatewayAccess = {
      signal: revoked.signal,
      assertCurrent: () => {
        this.look();
        revoked.signal.throwIfAborted();
      },
    };
    this.#grants.set(sub, { revoked, access, standing });
    this.#told.clear();
    return access;
  }

  #end(sub: string, why: PluginError): void {
    const grant = this.#grants.get(sub);
    this.#grants.delete(sub);
    grant?.revoked.abort(why);
  }

  #rollOrTell(): Roll | undefined {
    try {
      return this.#reader.read();
    } catch (error) {
      if (!(error instanceof PluginError)) throw error;
      this.#said(error);
      return undefined;
    }
  }

  #said(error: PluginError): PluginError {
    const what = error.code === 'PEOPLE_STALE' ? error.code : error.message;
    if (!this.#told.has(what)) this.#options.tell(error.message);
    this.#told.add(what);
    return error;
  }
}

function whyLess(granted: Standing | undefined, now: Standing | undefined): string | undefined {
  if (granted === undefined || now === undefined) return undefined;
  return now.rank > granted.rank && now.role !== granted.role
    ? `their groups make them ${now.role} and no longer ${granted.role}`
    : undefined;
}

const reasons = {
  in: undefined,
  disabled: 'disabled in the user pool',
  'not-in-group': "in none of the pod's groups",
} as const;
