/** What can go wrong, one code per failure. Codes are stable; messages may change. */
export const errorCodes = {
  DOCUMENT_SYNTAX: 'the text is not JSON5',
  DOCUMENT_ROOT: 'the root of the document is not an object',
  DOCUMENT_DUPLICATE_KEY: 'an object of the document names a key twice',
  DOCUMENT_NUMBER:
    'the document has a number that JSON has not: NaN, Infinity, out of range, or with too many digits',
  DOCUMENT_DEPTH: 'the document nests deeper than the limit',
  VALUE_ROOT: 'a config passed from code is not a plain object',
  VALUE_NOT_JSON: 'a config passed from code holds something JSON has no form for',
  VALUE_CYCLE: 'a config passed from code contains itself',
  VALUE_DEPTH: 'a config passed from code nests deeper than the limit',
  INCLUDE_INVALID: 'a file that the config includes is missing, includes itself, or lies elsewhere',
  PATH_INVALID: 'a path is not of the form a.b["c.d"]',
  POLICY_INVALID: 'the policy has the wrong form',
  POLICY_TIE: 'two rules of the policy are equally specific for the same path',
  OWNER_INVALID: 'what is chosen for a path is no owner',
  OWNER_REFUSED: 'the owner chosen for a path leaves people more than the policy allows there',
  DESIRED_USER_OWNED: 'desired sets a key that belongs to the user',
  DESIRED_IDENTITY: 'a keyed array in desired is none, or an element of it has no identity or shares it',
  MODEL_IN_USE: 'a model would go from its provider although the merged config names it',
  FILE_READ: 'a file named on the command line cannot be read',
  FILE_ENCODING: 'a file named on the command line is not UTF-8',
  FILE_WRITE: 'the file for the result cannot be written',
  USAGE: 'the command line has the wrong form',
  RESULT_UNKNOWN: 'the result to explain was not made by mergeConfig',
} as const;

export type ConfigMergeErrorCode = keyof typeof errorCodes;

export interface ErrorPlace {
  /** Path of the config or index of the policy rule, if the failure has one. */
  readonly path?: string;
  /** Line of the document, from 1. */
  readonly line?: number;
  /** Column of the document in UTF-16 units, from 1. */
  readonly column?: number;
}

/**
 * The one error of this package. `code` tells failures apart; `line` and `column` are set for documents.
 * Messages name keys and places, never values: a config holds secrets.
 */
export class ConfigMergeError extends Error {
  /** The code: what prints an error that nobody caught begins with its name. */
  override readonly name: ConfigMergeErrorCode;
  readonly code: ConfigMergeErrorCode;
  readonly path: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor(code: ConfigMergeErrorCode, message: string, place: ErrorPlace = {}) {
    super(message);
    this.name = code;
    // It was taken before there was a name.
    Error.captureStackTrace(this, ConfigMergeError);
    this.code = code;
    this.path = place.path;
    this.line = place.line;
    this.column = place.column;
  }
}
