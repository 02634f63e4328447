import { ConfigMergeError, openclawPolicy, withOwners, type ChosenOwners } from '@clawharbor/config-merge';
import * as z from 'zod';
import type { InfraErrorCode } from '../errors.ts';

/** Who decides a path of OpenClaw's config. Each is checked by itself, so that a refusal stands where it was written. */
export const ownerOptions = z
  .custom<ChosenOwners>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), {
    error: 'must be an object of owners by path, as in { "agents.defaults.model": "managed" }.',
  })
  .superRefine((chosen, context) => {
    for (const [path, owner] of Object.entries(chosen)) {
      const fault = faultOf({ [path]: owner });
      if (fault !== undefined) context.addIssue({ code: 'custom', path: [path], ...fault });
    }
    if (context.issues.length > 0) return;
    // Two that are right may still say different things of the same place.
    const fault = faultOf(chosen);
    if (fault !== undefined) context.addIssue({ code: 'custom', ...fault });
  });

function faultOf(chosen: ChosenOwners) {
  try {
    withOwners(openclawPolicy, chosen);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigMergeError)) throw error;
    const code: InfraErrorCode = error.code === 'OWNER_REFUSED' ? 'OWNER_REFUSED' : 'OWNER_INVALID';
    return { message: error.message, params: { code } };
  }
}
