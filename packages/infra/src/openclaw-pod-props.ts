import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import { InfraError } from './errors.ts';
import { pendingLookups, withoutPending } from './lookups.ts';
import { podOptionsSchema, type PodOptions } from './options/pod-options.ts';
import type { PodOptionsInput } from './options/pod-props.ts';
import { checked } from './options/refusal.ts';
import type { ExistingParts } from './parts/existing-parts.ts';
import type { ExistingNetwork } from './parts/network.ts';

export interface OpenClawPodProps extends Omit<PodOptionsInput, 'domain'> {
  readonly domain: {
    /**
     * The public hosted zone for the DNS records and for the validation of the certificate. Its name must be known:
     * use `HostedZone.fromHostedZoneAttributes`, not `fromHostedZoneId`. Default: none, where there is a certificate; then no
     * records are made. Refused: `HOSTED_ZONE_INVALID`.
     */
    readonly hostedZone?: IHostedZone;
    /** A certificate for all names, as `certificateArn` of `PodOptionsInput`. Refused: `CERTIFICATE_INVALID`, `EXISTING_PART_ELSEWHERE`. */
    readonly certificate?: ICertificate;
    /**
     * A private hosted zone for the DNS records, as `privateZone` of `DomainProps`. Refused: `HOSTED_ZONE_INVALID`,
     * `DNS_NAME_OUTSIDE_ZONE`.
     */
    readonly privateZone?: IHostedZone;
    /** See `certificateAuthorityArn` of `DomainProps`. */
    readonly certificateAuthorityArn?: string | undefined;
    /** See `records` of `PodOptionsInput`. */
    readonly records?: boolean;
    /** Fully qualified names of the pod, 1 to 5. The first is the public origin. */
    readonly names: readonly string[];
  };
  /** Default: a VPC of its own. */
  readonly existingNetwork?: ExistingNetwork;
  /** What else is there already. Default: nothing. */
  readonly existing?: ExistingParts;
  /** The bootstrap that user data starts, one file. Default: the one this release was built with. */
  readonly bundle?: string;
}

/**
 * The props as data, with every default filled in.
 * @throws InfraError with the code of what is wrong in them
 */
export function optionsOf(scope: Construct, props: OpenClawPodProps): PodOptions {
  const { existingNetwork: _network, existing: _existing, bundle: _bundle, domain, ...rest } = props;
  const { hostedZone, privateZone, certificate, ...others } = domain;
  const given = {
    ...rest,
    domain: {
      ...others,
      ...(hostedZone === undefined &&
      (certificate !== undefined || others.certificateAuthorityArn !== undefined)
        ? {}
        : { hostedZone: identityOf('hostedZone', hostedZone) }),
      ...(privateZone === undefined ? {} : { privateZone: identityOf('privateZone', privateZone) }),
      ...(certificate === undefined ? {} : { certificateArn: certificate.certificateArn }),
    },
  };
  const result = podOptionsSchema.safeParse(given);
  if (result.success) return result.data;
  return checked(podOptionsSchema, withoutPending(given, pendingLookups(scope)));
}

function identityOf(prop: string, zone: IHostedZone | undefined): PodOptions['domain']['hostedZone'] {
  const id = known(() => zone?.hostedZoneId);
  const name = known(() => zone?.zoneName);
  if (id !== undefined && name !== undefined) return { id, name: name.replace(/\.$/, '') };
  throw new InfraError(
    'HOSTED_ZONE_INVALID',
    `domain.${prop}: wants a hosted zone of aws-cdk-lib whose id and name are known, as from ` +
      'HostedZone.fromHostedZoneAttributes(this, "Zone", { hostedZoneId, zoneName }).',
  );
}

/** A zone that is known by its id only throws when it is asked for its name. */
function known(ask: () => string | undefined): string | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
