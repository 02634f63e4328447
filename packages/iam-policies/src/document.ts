import { IamPolicyError } from './errors.ts';
import { frozen } from './frozen.ts';
import { policyJson, type PolicyJson } from './json.ts';
import { normalise } from './normalise.ts';
import { limits, sizeOf, split } from './size.ts';
import {
  checkSid,
  type IdentityStatement,
  type ResourceStatement,
  type StatementContent,
} from './statement.ts';

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
   * @param atMost managed policies that the role may have, if the quota of the account is not the default of 10
   * @throws IamPolicyError `STATEMENT_TOO_LARGE`, `TOO_MANY_POLICIES`
   */
  asManaged(atMost?: number): readonly PolicyDocument[];
}

/** The policy of a resource. It is neither inline nor managed, and every service has its own limit. */
export type ResourcePolicy = Omit<PolicyDocument, 'asInline' | 'asManaged'>;

/**
 * A policy for a role, user or group.
 *
 * @throws IamPolicyError `POLICY_EMPTY`, `PRINCIPAL_UNEXPECTED`, `SID_ILLEGAL`
 */
export function document(...statements: Statements<IdentityStatement>): PolicyDocument {
  const wrong = statements.flat().find((statement) => statement.for !== 'identity');
  if (wrong) {
    throw new IamPolicyError(
      'PRINCIPAL_UNEXPECTED',
      `${wrong.content.sid} is for the policy of a resource: use resourcePolicy().`,
    );
  }
  return ofRole(normalised(statements.flat()));
}

/**
 * A policy for a resource, such as an EFS file system.
 *
 * @throws IamPolicyError `POLICY_EMPTY`, `PRINCIPAL_MISSING`, `SID_ILLEGAL`
 */
export function resourcePolicy(...statements: Statements<ResourceStatement>): ResourcePolicy {
  const wrong = statements.flat().find((statement) => statement.for !== 'resource');
  if (wrong) {
    throw new IamPolicyError('PRINCIPAL_MISSING', `${wrong.content.sid} names no principal: add by().`);
  }
  return frozen(policy(normalised(statements.flat())));
}

function normalised(statements: readonly (IdentityStatement | ResourceStatement)[]): StatementContent[] {
  if (statements.length === 0) {
    throw new IamPolicyError('POLICY_EMPTY', 'Give a policy at least one statement.');
  }
  // A statement is an interface: whoever puts one together by hand has not been through allow().
  for (const { content } of statements) checkSid(content.sid);
  return normalise(statements.map((statement) => statement.content));
}

function policy(statements: readonly StatementContent[]): ResourcePolicy {
  return {
    statements,
    size: sizeOf(statements),
    unscoped: statements
      .filter(({ unscoped }) => unscoped.length > 0)
      .map(({ sid, unscoped }) => ({ sid, reasons: unscoped })),
    toJSON: () => policyJson(statements),
  };
}

function ofRole(statements: readonly StatementContent[]): PolicyDocument {
  const base = policy(statements);
  const self: PolicyDocument = {
    ...base,
    asInline: () => {
      if (base.size <= limits.inline) return self;
      throw new IamPolicyError(
        'POLICY_TOO_LARGE',
        `The policy has ${base.size} characters, an inline policy may have ${limits.inline}: use asManaged().`,
      );
    },
    asManaged: (atMost = limits.managedPerRole) => {
      const parts = base.size <= limits.managed ? [self] : split(statements, limits.managed).map(ofRole);
      if (parts.length <= atMost) return parts;
      throw new IamPolicyError(
        'TOO_MANY_POLICIES',
        `The policy takes ${parts.length} managed policies, a role may have ${atMost}: say less, or give the quota of the account if it was raised.`,
      );
    },
  };
  return frozen(self);
}
