/** What the plugin refuses, or cannot do. The registry with remedies: docs/errors.md. */
export type PluginErrorCode =
  | 'PLUGIN_CONFIG_INVALID'
  | 'ASSERTION_REFUSED'
  | 'ASSERTION_KEY_MISSING'
  | 'PEOPLE_UNREADABLE'
  | 'PEOPLE_STALE'
  | 'PERSON_OUT'
  | 'ROLE_NOT_GIVEN'
  | 'SIGN_OUT_NOT_KEPT'
  | 'SIGN_OUT_METHOD'
  | 'SIGN_OUT_FOREIGN';

/** Its message begins with its code: OpenClaw logs no more of an error than that. */
export class PluginError extends Error {
  readonly code: PluginErrorCode;

  constructor(code: PluginErrorCode, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.name = 'PluginError';
    this.code = code;
  }
}
