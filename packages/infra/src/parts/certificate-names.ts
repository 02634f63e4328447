import { Token } from 'aws-cdk-lib';
import { CfnCertificate, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { InfraError } from '../errors.ts';

/**
 * Whether a certificate of the app is one for these names. Of one that is known by its ARN only AWS can tell.
 * https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html
 *
 * @throws InfraError `CERTIFICATE_INVALID`
 */
export function refuseOtherNames(certificate: ICertificate, dnsNames: readonly string[]): void {
  const resource = certificate.node.defaultChild;
  if (!(resource instanceof CfnCertificate)) return;
  const covered = [resource.domainName, ...(resource.subjectAlternativeNames ?? [])];
  if (covered.some((name) => Token.isUnresolved(name))) return;
  const missing = dnsNames.find((name) => !covered.some((one) => covers(one, name)));
  if (missing === undefined) return;
  throw new InfraError(
    'CERTIFICATE_INVALID',
    `domain.certificate: is for ${covered.join(', ')}, not for ${missing}: a browser would stop in front of it.`,
  );
}

/** An asterisk stands for one label, the first. */
function covers(pattern: string, name: string): boolean {
  if (!pattern.startsWith('*.')) return pattern === name;
  return name.split('.').slice(1).join('.') === pattern.slice(2);
}
