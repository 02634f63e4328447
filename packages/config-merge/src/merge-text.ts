import { formatDocument, parseDocument } from './document.ts';
import { edited } from './edit.ts';
import { mergeConfig, type MergeInput, type MergeResult } from './merge.ts';
import { rootScope } from './scope.ts';

/** The inputs of {@link mergeConfig}, with live as the text that people wrote. */
export interface MergeTextInput extends Omit<MergeInput, 'live'> {
  /** JSON5, read leniently, see {@link ParseOptions}. Leave it out when there is none yet. */
  readonly live?: string | undefined;
}

export interface MergeTextResult extends MergeResult {
  /** The text to write. */
  readonly text: string;
}

/**
 * Merges as {@link mergeConfig} does, and edits the text of live instead of writing a new one: what does not change
 * stays byte for byte, comments and all, see {@link editDocument}. Without live the text is that of
 * {@link formatDocument}.
 *
 * @throws ConfigMergeError `DOCUMENT_*` for live, and what `mergeConfig` throws
 */
export function mergeText(input: MergeTextInput): MergeTextResult {
  // Code that no compiler has seen may leave anything out.
  const { live: text, ...inputs }: MergeTextInput = Object(input);
  if (text === undefined) {
    const result = mergeConfig(inputs);
    return { text: formatDocument(result.config), ...result };
  }
  const live = parseDocument(text, { lenient: true });
  const result = mergeConfig({ ...inputs, live });
  return { text: edited(text, live, result.config, rootScope(inputs.policy)), ...result };
}
