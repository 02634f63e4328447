import * as fc from 'fast-check';
import { allow, deny, type IdentityStatement } from '../src/index.ts';
import * as s3 from '../src/catalogue/s3.ts';
import type { Request } from './evaluator.ts';

/** A small world in which everything a statement can say about S3 objects also occurs in some request. */
const actions = [s3.GetObject, s3.PutObject, s3.DeleteObject, s3.GetObjectVersion] as const;
const buckets = ['alpha', 'beta', '*'] as const;
const keys = ['one', 'two', 'three', '*'] as const;
const versions = ['2', '3'] as const;

/** What a statement says, before this package writes it down. */
export interface Saying {
  readonly sid: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly (typeof actions)[number][];
  readonly objects: readonly { readonly bucket: string; readonly key: string }[];
  /** Versions of TLS, if the statement depends on them. */
  readonly tls: readonly string[];
}

const nonEmpty = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 });

const objects = nonEmpty(buckets.flatMap((bucket) => keys.map((key) => ({ bucket, key }))));

export const saying: fc.Arbitrary<Saying> = fc.record({
  sid: fc.constantFrom('Read', 'Write', 'Read2', 'Guard'),
  effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
  actions: nonEmpty(actions),
  objects,
  tls: fc.oneof(fc.constant([]), nonEmpty(versions)),
});

export const sayings = fc.array(saying, { minLength: 1, maxLength: 8 });

/** The statement, by the public builder. */
export function stated({ sid, effect, actions: said, objects: of, tls }: Saying): IdentityStatement {
  const [object, ...otherObjects] = of.map((parts) => s3.object(parts));
  // Which actions, the compiler cannot know; all of them accept objects.
  const [action, ...otherActions] = said as [typeof s3.GetObject, ...(typeof s3.GetObject)[]];
  const start = effect === 'Allow' ? allow(sid, action, ...otherActions) : deny(sid, action, ...otherActions);
  const placed = start.on(object!, ...otherObjects);
  const [version, ...otherVersions] = tls.map(Number);
  return version === undefined
    ? placed
    : placed.when('s3:TlsVersion', 'NumericEquals', version, ...otherVersions);
}

/** Every request of the small world. */
export const requests: readonly Request[] = actions.flatMap((action) =>
  ['alpha', 'beta', 'gamma'].flatMap((bucket) =>
    ['one', 'two', 'four'].flatMap((key) =>
      [[], ['2'], ['3']].map((tls) => ({
        action,
        resource: `arn:aws:s3:::${bucket}/${key}`,
        context: tls.length > 0 ? { 's3:TlsVersion': tls } : {},
      })),
    ),
  ),
);

/** Whether the saying speaks of the request, told without JSON, ARNs or patterns. */
export function speaksOf(said: Saying, request: Request): boolean {
  const [bucket, key] = request.resource.replace('arn:aws:s3:::', '').split('/');
  const tls = request.context['s3:TlsVersion']?.[0];
  return (
    said.actions.some((action) => action === request.action) &&
    said.objects.some(
      (object) =>
        (object.bucket === '*' || object.bucket === bucket) && (object.key === '*' || object.key === key),
    ) &&
    (said.tls.length === 0 || (tls !== undefined && said.tls.includes(tls)))
  );
}
