export { parseDocument, formatDocument } from './document.ts';
export { ConfigMergeError, errorCodes, type ConfigMergeErrorCode } from './errors.ts';
export { explain, type Explanation } from './explain.ts';
export type { JsonArray, JsonObject, JsonScalar, JsonValue } from './json.ts';
export { mergeConfig, planConfig, type MergeInput, type MergeResult, type Plan } from './merge.ts';
export { openclawPolicy } from './openclaw-policy.ts';
export { definePolicy, type Owner, type Policy, type PolicyInput, type Rule } from './policy.ts';
export { redacted, type Change, type Warning, type WarningCode } from './report.ts';
export type { Op } from './decide.ts';
