import * as z from 'zod';
import type { InfraErrorCode } from '../errors.ts';
import { must } from './must.ts';

/** A value that only the deployment knows is let through. */
const isToken = (value: string) => value.includes('${Token[');

const hostName = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

export const dnsName = z.string().refine(
  ...must<string>(
    (name) => hostName.test(name),
    'DNS_NAME_INVALID',
    (shown) => `${shown} is not a DNS name in lower case, as in openclaw.example.com.`,
  ),
);

const zone = z.strictObject({
  id: z.string().refine(
    ...must<string>(
      (id) => /^Z[A-Z0-9]{1,31}$/.test(id) || isToken(id),
      'HOSTED_ZONE_INVALID',
      (shown) => `${shown} is not the id of a hosted zone, as in Z0123456789ABCDEFGHIJ.`,
    ),
  ),
  name: z.string().refine(
    ...must<string>(
      (name) => hostName.test(name) || isToken(name),
      'HOSTED_ZONE_INVALID',
      (shown) => `${shown} is not the name of a hosted zone, as in example.com.`,
    ),
  ),
});

interface CertificateSources {
  hostedZone?: unknown;
  certificateArn?: string | undefined;
  certificateAuthorityArn?: string | undefined;
}

export const domainOptions = z
  .strictObject({
    hostedZone: zone.optional(),
    privateZone: zone.optional(),
    certificateArn: z
      .string()
      .refine(
        ...must<string>(
          (arn) =>
            /^arn:[a-z-]+:(acm:[a-z0-9-]+|iam:):\d{12}:(server-)?certificate\/.+$/.test(arn) || isToken(arn),
          'CERTIFICATE_INVALID',
          (shown) => `${shown} is not the ARN of a certificate.`,
        ),
      )
      .optional(),
    certificateAuthorityArn: z
      .string()
      .refine(
        ...must<string>(
          (arn) =>
            /^arn:[a-z-]+:acm-pca:[a-z0-9-]+:\d{12}:certificate-authority\/[0-9a-f-]+$/.test(arn) ||
            isToken(arn),
          'CERTIFICATE_INVALID',
          (shown) => `${shown} is not the ARN of a certificate authority of AWS Private CA.`,
        ),
      )
      .optional(),
    records: z.boolean().default(true),
    names: z
      .array(dnsName)
      .refine(
        ...must<string[]>(
          (names) => names.length > 0,
          'DNS_NAME_MISSING',
          'Name at least one DNS name: people reach the pod by it.',
        ),
      )
      .refine(
        ...must<string[]>(
          (names) => names.length <= 5,
          'DNS_NAMES_TOO_MANY',
          'One listener rule matches at most 5 DNS names.',
        ),
      )
      .refine(
        ...must<string[]>(
          (names) => new Set(names).size === names.length,
          'DNS_NAME_INVALID',
          'A DNS name is given twice.',
        ),
      ),
  })
  .refine(
    ...must<CertificateSources>(
      ({ hostedZone, certificateArn, certificateAuthorityArn }) =>
        hostedZone !== undefined || certificateArn !== undefined || certificateAuthorityArn !== undefined,
      'CERTIFICATE_INVALID',
      'Without a hosted zone nobody can validate a certificate: give hostedZone, or a certificate for the names.',
    ),
  )
  .refine(
    ...must<CertificateSources>(
      ({ certificateArn, certificateAuthorityArn }) =>
        certificateArn === undefined || certificateAuthorityArn === undefined,
      'CERTIFICATE_INVALID',
      'A certificate is given, and an authority that is to issue one: leave one out.',
    ),
  )
  .superRefine(
    ({ hostedZone, privateZone, names, certificateArn, certificateAuthorityArn, records }, context) => {
      const validates = certificateArn === undefined && certificateAuthorityArn === undefined;
      const zones = [
        // Unless something is made in it.
        ...(validates || (records && privateZone === undefined) ? [hostedZone] : []),
        ...(records ? [privateZone] : []),
      ];
      for (const used of zones) {
        if (used === undefined || isToken(used.name)) continue;
        for (const [index, name] of names.entries()) {
          if (name === used.name || name.endsWith(`.${used.name}`)) continue;
          context.addIssue({
            code: 'custom',
            path: ['names', index],
            message: `${name} is outside the hosted zone ${used.name}: neither its records nor its certificate could be made.`,
            params: { code: 'DNS_NAME_OUTSIDE_ZONE' satisfies InfraErrorCode },
          });
        }
      }
    },
  );
