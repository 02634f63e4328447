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
  | { readonly event: 'warning'; readonly code: string; readonly message: string }
  | { readonly event: 'replaced'; readonly instanceId: string; readonly durationMs: number }
  | { readonly event: 'stopped' };

export interface StepEvent {
  readonly event: 'step';
  /** As in the bootstrap's report, or one of the pod's own: synth, network, login, deploy, healthy, stop. */
  readonly step: string;
  readonly status: 'started' | 'changed' | 'unchanged' | 'failed' | 'skipped';
  readonly instanceId?: string;
  readonly durationMs?: number;
  readonly detail?: readonly string[];
}

/** A person can log in now. */
export interface ReadyEvent {
  readonly event: 'ready';
  readonly url: string;
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
