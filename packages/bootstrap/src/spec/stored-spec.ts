import { createHash } from 'node:crypto';
import * as z from 'zod';
import { BootstrapError } from '../errors.ts';

/**
 * A parameter holds 8 KB, a team's config may be larger: then the part of it that is known at synth lies in an object of S3, which
 * the parameter names with its SHA-256. The instance puts both together, and what comes out is a {@link PodSpec} as any other: it
 * is checked as a whole at synth and again on the instance. The parameter has a version of its own, so that a bootstrap of
 * before says `SPEC_TOO_NEW` and goes on as it was.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
 */
const storedSchema = z.looseObject({
  apiVersion: z.literal('clawharbor/v2'),
  openclaw: z.looseObject({ config: z.record(z.string(), z.json()) }),
  configObject: z.strictObject({
    bucket: z.string().min(1),
    key: z.string().min(1),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
});

/** Where the rest of a config is: an object of S3, by the SHA-256 of its content in hex. */
export interface ConfigObject {
  readonly bucket: string;
  readonly key: string;
  readonly sha256: string;
}

/** Where the rest of a stored spec is; undefined for one that is whole, or is none. */
export function configObjectOf(stored: unknown): ConfigObject | undefined {
  return storedSchema.safeParse(stored).data?.configObject;
}

/** A spec without the top-level keys of its config that go elsewhere, as it is stored in a parameter. */
export function storedSpec(
  spec: { readonly openclaw: { readonly config: Readonly<Record<string, unknown>> } },
  elsewhere: readonly string[],
  configObject: ConfigObject,
): object {
  const config = Object.fromEntries(
    Object.entries(spec.openclaw.config).filter(([key]) => !elsewhere.includes(key)),
  );
  return { ...spec, apiVersion: 'clawharbor/v2', openclaw: { ...spec.openclaw, config }, configObject };
}

/**
 * The spec that a stored one and its object make.
 *
 * @param content of the object
 * @param origin where the stored one came from, for the message
 * @throws BootstrapError `SPEC_INVALID` for another object than the one that was meant
 */
export function wholeSpec(stored: unknown, content: string, origin: string): object {
  const { configObject, ...spec } = storedSchema.parse(stored);
  const { bucket, key, sha256 } = configObject;
  const found = createHash('sha256').update(content).digest('hex');
  if (found !== sha256) {
    throw new BootstrapError(
      'SPEC_INVALID',
      `${origin} names s3://${bucket}/${key} by the SHA-256 ${sha256}, and it has ${found}: deploy again.`,
    );
  }
  const rest = z.record(z.string(), z.json()).parse(JSON.parse(content));
  return {
    ...spec,
    apiVersion: 'clawharbor/v1',
    openclaw: { ...spec.openclaw, config: { ...rest, ...spec.openclaw.config } },
  };
}
