import { ConfigMergeError, type ConfigMergeErrorCode } from './errors.ts';

/** An error about the place `offset` of a document. */
export function documentError(
  text: string,
  offset: number,
  code: ConfigMergeErrorCode,
  what: string,
): ConfigMergeError {
  const lines = text.slice(0, offset).split(/\r\n|[\n\r]/u);
  const [line, column] = [lines.length, (lines.at(-1) ?? '').length + 1];
  return new ConfigMergeError(code, `${line}:${column}: ${what}`, { line, column });
}
