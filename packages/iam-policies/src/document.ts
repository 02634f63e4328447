import { IamPolicyError } from './error.ts';
import { frozen } from './frozen.ts';
import { policyJson, type PolicyJson } from './json.ts';
import { normalise } from './normalise.ts';
import { limits, sizeOf, split } from './size.ts';
import type { IdentityStatement, ResourceStatement, StatementContent } from './statement.ts';

/** Statements, one by one or as the lists that intents give. */
export type Statements<S> = readonly (S | readonly S[])[];

/** A `*` where resources could be named, and why. */
export interface Unscoped {
  readonly sid: string;
  readonly reasons: readonly string[];
}

/** A policy document: normalised statements, in an order that does not depend on the order given. Immutable. */
export interface PolicyDocument {
  readonly statements: readonly StatementContent[];
  /** Characters as IAM counts them, without white space. */
  readonly size: number;
  /** Where the document says `*` although resources could be named. */
  readonly unscoped: readonly Unscoped[];

  /** Plain IAM JSON. */
  toJSON(): PolicyJson;

  /**
   * This document, when it fits an inline policy of a role. All inline policies of a role share 10,240 characters.
   *
   * @throws IamPolicyError `POLICY_TOO_LARGE`
   */
  asInline(): PolicyDocument;

  /**
   * The documents, mostly one, that together decide as this one and each fit a managed policy of 6,144 characters.
   *
   * @throws IamPolicyError `STATEMENT_TOO_LARGE`
   */
  asManaged(): readonly PolicyDocument[];
}

/**
 * A policy for a role, user or group.
 *
 * @throws IamPolicyError `POLICY_EMPTY`, `PRINCIPAL_UNEXPECTED`
 */
export function document(...statements: Statements<IdentityStatement>): PolicyDocument {
  const wrong = statements.flat().find((statement) => statement.for !== 'identity');
  if (wrong) {
    throw new IamPolicyError(
      'PRINCIPAL_UNEXPECTED',
      `${wrong.content.sid} is for the policy of a resource: use resourcePolicy().`,
    );
  }
  return normalised(statements.flat());
}

/**
 * A policy for a resource, such as an EFS file system.
 *
 * @throws IamPolicyError `POLICY_EMPTY`, `PRINCIPAL_MISSING`
 */
export function resourcePolicy(...statements: Statements<ResourceStatement>): PolicyDocument {
  const wrong = statements.flat().find((statement) => statement.for !== 'resource');
  if (wrong) {
    throw new IamPolicyError('PRINCIPAL_MISSING', `${wrong.content.sid} names no principal: add by().`);
  }
  return normalised(statements.flat());
}

function normalised(statements: readonly (IdentityStatement | ResourceStatement)[]): PolicyDocument {
  if (statements.length === 0) {
    throw new IamPolicyError('POLICY_EMPTY', 'Give a policy at least one statement.');
  }
  return made(normalise(statements.map((statement) => statement.content)));
}

function made(statements: readonly StatementContent[]): PolicyDocument {
  const size = sizeOf(statements);
  const self: PolicyDocument = {
    statements,
    size,
    unscoped: statements
      .filter(({ unscoped }) => unscoped.length > 0)
      .map(({ sid, unscoped }) => ({ sid, reasons: unscoped })),
    toJSON: () => policyJson(statements),
    asInline: () => {
      if (size <= limits.inline) return self;
      throw new IamPolicyError(
        'POLICY_TOO_LARGE',
        `The policy has ${size} characters, an inline policy may have ${limits.inline}: use asManaged().`,
      );
    },
    asManaged: () => (size <= limits.managed ? [self] : split(statements, limits.managed).map(made)),
  };
  return frozen(self);
}
