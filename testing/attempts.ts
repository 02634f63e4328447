/**
 * Vitest's `retry` of tests that start programs. In CI, which runs thousands of them on a small machine whose neighbours take
 * turns at its cores, one that misses a limit of time is tried once more; `.ci/count.mjs` names each that took two. By hand
 * nothing is: who changes the code sees the first failure. Tests of what computes have one attempt everywhere.
 */
export const retry = process.env['CI'] ? 1 : 0;
