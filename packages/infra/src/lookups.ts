import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * What the lookups of CDK gave in place of what is not looked up yet, such as the id `DUMMY` of a hosted zone. A first
 * synthesis runs with these; then the CLI looks up and synthesizes again, and only if nothing threw
 * (https://docs.aws.amazon.com/cdk/v2/guide/context.html). So what is said of them is said in the second.
 *
 * CDK tells nobody which values these are, but keeps each with the question it stands for: `_missingContext` of a stack,
 * which is private. A test of each lookup fails when that is gone.
 */
export function pendingLookups(scope: IConstruct): readonly string[] {
  const stacks = scope.node.root.node.findAll().filter((construct) => Stack.isStack(construct));
  return stacks.flatMap((stack) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
    const { _missingContext: missing = [] } = stack as unknown as { _missingContext?: readonly Missing[] };
    return missing.flatMap(({ props: { dummyValue, ...question } }) => {
      const known = texts(question);
      return texts(dummyValue).filter((text) => text !== '' && !known.includes(text));
    });
  });
}

interface Missing {
  readonly props: { readonly dummyValue?: unknown };
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
}

/** What stands for a value that has no default, by its path. Nothing of it is deployed. */
const standIns: Readonly<Record<string, string>> = {
  'domain.hostedZone.id': 'Z0000000000',
  // As a value that only the deployment knows: no DNS name is outside of it.
  'domain.hostedZone.name': '${Token[pending.0]}',
  'domain.privateZone.id': 'Z0000000000',
  'domain.privateZone.name': '${Token[pending.0]}',
  'domain.names': 'pending.example.com',
  'openclaw.admins': '00000000-0000-0000-0000-000000000000',
  'openclaw.model.id': 'amazon.pending',
  'ollama.version': '0.0.0',
  'ollama.sha256': '0'.repeat(64),
  'network.allowedCidrs': '192.0.2.0/32',
  'network.trustedProxies': '192.0.2.0/32',
};

/**
 * Props without what is not looked up yet: that is left to its default, or stands for itself where it has none.
 *
 * @param pending see {@link pendingLookups}
 */
export function withoutPending(props: unknown, pending: readonly string[]): unknown {
  const isPending = (value: unknown) =>
    // Not a number is what JavaScript made of a text that is none yet.
    typeof value === 'string' ? pending.some((text) => value.includes(text)) : Number.isNaN(value);
  const known = (value: unknown, path: readonly string[]): unknown => {
    if (isPending(value)) return standIns[path.join('.')];
    if (Array.isArray(value)) {
      const later = value.some(isPending) ? standIns[path.join('.')] : undefined;
      return [
        ...value.filter((item) => !isPending(item)).map((item) => known(item, path)),
        ...(later === undefined ? [] : [later]),
      ];
    }
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, known(part, [...path, key])]));
  };
  return pending.length === 0 ? props : known(props, []);
}
