export { parseDocument, formatDocument, type ParseOptions } from './document.ts';
export { editDocument, type EditOptions } from './edit.ts';
export { ConfigMergeError, errorCodes, type ConfigMergeErrorCode } from './errors.ts';
export { explain, type Explanation } from './explain.ts';
export { spreadOverFiles, type SpreadConfig } from './include-edits.ts';
export {
  formatSource,
  includedNames,
  joinIncludes,
  sourcesOf,
  type ConfigFiles,
  type IncludeOptions,
  type JoinedConfig,
  type Mount,
  type Source,
} from './includes.ts';
export type { JsonArray, JsonObject, JsonScalar, JsonValue } from './json.ts';
export { mergeConfig, planConfig, type MergeInput, type MergeResult, type Plan } from './merge.ts';
export { mergeText, type MergeTextInput, type MergeTextResult } from './merge-text.ts';
export { parsePath } from './path.ts';
export { openclawPolicy } from './openclaw-policy.ts';
export { fixedBy, withOwners, type ChosenOwners } from './chosen-owners.ts';
export { withoutUserOwned, type Claims } from './claims.ts';
export { mergeOpenClaw, unknownModels, type OpenClawMerge } from './openclaw-models.ts';
export { definePolicy, owners, type Owner, type Policy, type PolicyInput, type Rule } from './policy.ts';
export type { PolicyPath } from './policy-path.ts';
export { redacted, type Change, type Warning, type WarningCode } from './report.ts';
export type { Op } from './decide.ts';
