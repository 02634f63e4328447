/** What every command takes. */
export interface CommonOptions {
  /** `--data-dir`; undefined when it was not named. */
  readonly dataDir?: string;
  readonly json?: boolean;
}

export interface StatusOptions extends CommonOptions {
  readonly timeline?: boolean;
  readonly svg?: boolean;
}

export interface UpOptions extends CommonOptions {
  readonly port: number;
  /** Default: the port after `port`. */
  readonly loginPort?: number;
  readonly config?: string;
}
