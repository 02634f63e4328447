/** What a secret of a pod may be called, and hold: for who takes one from a person, without all that runs a pod. */
export { credentialVariables, nearest } from './known-variables.ts';
export { parseSecretValue, refusalOfContent, refusalOfName } from './secret-value.ts';
