import { CertificateAuthority, type ICertificateAuthority } from 'aws-cdk-lib/aws-acmpca';
import { Certificate, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { Construct } from 'constructs';
import type { PodOptions } from '../options/pod-options.ts';
import { refuseOtherNames } from './certificate-names.ts';
import { refuseElsewhere } from './elsewhere.ts';

/**
 * The certificate that is there already.
 * @throws InfraError `EXISTING_PART_ELSEWHERE`, `CERTIFICATE_INVALID`
 */
export function certificateOf(
  scope: Construct,
  certificate: ICertificate | undefined,
  { names, certificateArn }: PodOptions['domain'],
): ICertificate | undefined {
  if (certificateArn === undefined) return undefined;
  refuseElsewhere(scope, 'domain.certificate', certificateArn);
  if (certificate !== undefined) refuseOtherNames(certificate, names);
  return certificate ?? Certificate.fromCertificateArn(scope, 'Certificate', certificateArn);
}

/**
 * Who is to issue a certificate, if not Amazon.
 * @throws InfraError `EXISTING_PART_ELSEWHERE`
 */
export function authorityOf(
  scope: Construct,
  { certificateAuthorityArn: arn }: PodOptions['domain'],
): ICertificateAuthority | undefined {
  if (arn === undefined) return undefined;
  refuseElsewhere(scope, 'domain.certificateAuthorityArn', arn);
  return CertificateAuthority.fromCertificateAuthorityArn(scope, 'CertificateAuthority', arn);
}
