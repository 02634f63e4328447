import type { PersonAction } from './person-action.ts';
/** What a pod on this machine tells while it works: one JSON object per line with `--json`. */
export type PodEvent =
  | StepEvent
  | {
      readonly event: 'instance';
      readonly instanceId: string;
      readonly state: string;
      readonly reason?: string;
    }
  | ReadyEvent
  | PersonEvent
  | WaitingEvent
  | { readonly event: 'warning'; readonly code: string; readonly message: string }
  | SecretEvent
  /** A command found the pod that it was meant for in another folder. */
  | { readonly event: 'found'; readonly dataDir: string }
  | { readonly event: 'replaced'; readonly instanceId: string; readonly durationMs: number }
  /** Somebody asked for the end; `stopped` follows when nothing runs any more. */
  | { readonly event: 'stopping' }
  | { readonly event: 'stopped' };

export interface StepEvent {
  readonly event: 'step';
  /** As in the bootstrap's report, or one of the pod's own: synth, network, login, deploy, healthy, stop. */
  readonly step: string;
  readonly status: 'started' | 'changed' | 'unchanged' | 'failed' | 'skipped' | 'stopped';
  readonly instanceId?: string;
  readonly durationMs?: number;
  readonly detail?: readonly string[];
}

/** An instance waits for something that passes by itself, such as an npm registry. Told once for each reason. */
export interface WaitingEvent {
  readonly event: 'waiting';
  /** In a sentence, with how long it is waited for. */
  readonly why: string;
}

/**
 * What becomes of a secret that was set. `unchanged`: it has this value already. `stored`: no gateway runs, the next one
 * gets it. `restarting`: the gateway restarts to take it up, and people lose the connection meanwhile. `live`: it has it,
 * and people can work.
 */
export interface SecretEvent {
  readonly event: 'secret';
  readonly name: string;
  readonly state: 'unchanged' | 'stored' | 'restarting' | 'live';
  /** With `restarting`: as long as it took last time. With `live`: as long as it took, from the moment it was set. */
  readonly durationMs?: number;
}

/** Somebody in the user pool was changed. */
export interface PersonEvent {
  readonly event: 'person';
  readonly action: PersonAction;
  readonly username: string;
  readonly sub: string;
  /** Of somebody who was added. */
  readonly password?: string;
}

/** A person can log in now. */
export interface ReadyEvent {
  readonly event: 'ready';
  readonly url: string;
  /** Where the page is that asks for the password; `url` leads there. */
  readonly loginUrl: string;
  readonly dataDir: string;
  /** From the start of `up`. */
  readonly durationMs: number;
  /** The administrator's. */
  readonly username: string;
  readonly password: string;
  readonly instanceId: string;
  /** Everybody who can log in. Passwords are made anew at each start and kept nowhere. */
  readonly users: readonly LocalUser[];
}

export interface LocalUser {
  readonly username: string;
  readonly password: string;
  readonly role: 'admin' | 'member';
}

export type Listener = (event: PodEvent) => void;
