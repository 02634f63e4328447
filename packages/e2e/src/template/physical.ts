/**
 * Physical ids, names and attributes, as CloudFormation and the services would make them, but the same each time.
 * What `Ref` and `Fn::GetAtt` return is in the "Return values" of each type:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */
import { createHash } from 'node:crypto';
import type { Attribute, Physical, StackIdentity } from './stack.ts';

export interface PhysicalContext extends StackIdentity {
  readonly logicalId: string;
  /** A top-level property, resolved when asked for. */
  property(name: string): unknown;
}

/** @returns undefined for a type that is not in the table */
export function physicalOf(type: string, context: PhysicalContext): Physical | undefined {
  return Object.hasOwn(table, type) ? table[type]?.(new Maker(context)) : undefined;
}

type Attributes = Readonly<Record<string, Attribute | undefined>>;

/** Makes the parts of an id from where the resource stands. */
class Maker {
  readonly #context: PhysicalContext;
  readonly #hash: string;

  constructor(context: PhysicalContext) {
    this.#context = context;
    this.#hash = createHash('sha256').update(`${context.stackName}/${context.logicalId}`).digest('hex');
  }

  get region(): string {
    return this.#context.region;
  }

  get account(): string {
    return this.#context.account;
  }

  hex(length: number): string {
    return this.#hash.slice(0, length);
  }

  /** As EC2 and EFS form ids. */
  id(prefix: string): string {
    return `${prefix}-${this.hex(17)}`;
  }

  uuid(): string {
    return [8, 4, 4, 4, 12]
      .map((length, index) => this.#hash.slice(index * 12, index * 12 + length))
      .join('-');
  }

  arn(service: string, resource: string): string {
    return `arn:aws:${service}:${this.region}:${this.account}:${resource}`;
  }

  /** ARN of a service that has no Region. */
  globalArn(service: string, resource: string): string {
    return `arn:aws:${service}::${this.account}:${resource}`;
  }

  text(property: string): string | undefined {
    const value = this.#context.property(property);
    return typeof value === 'string' ? value : undefined;
  }

  texts(property: string): readonly string[] | undefined {
    const value = this.#context.property(property);
    return Array.isArray(value) ? value.map(String) : undefined;
  }

  /** The name that a property gives, or else one that CloudFormation would make. */
  name(property: string, longest = 128): string {
    const { stackName, logicalId } = this.#context;
    return (
      this.text(property) ?? `${stackName}-${logicalId}-`.slice(0, longest - 12) + this.hex(12).toUpperCase()
    );
  }
}

function physical(ref: string, attributes: Attributes = {}): Physical {
  const present = Object.entries(attributes).filter(
    (entry): entry is [string, Attribute] => entry[1] !== undefined,
  );
  return { ref, attributes: Object.fromEntries(present) };
}

/** Ref and one attribute are the same id. */
const identified = (prefix: string, attribute: string) => (make: Maker) =>
  physical(make.id(prefix), { [attribute]: make.id(prefix) });

/** Ref is the ARN, which the attribute repeats. */
const byArn = (attribute: string, arn: (make: Maker) => string) => (make: Maker) =>
  physical(arn(make), { [attribute]: arn(make) });

const table: Readonly<Record<string, (make: Maker) => Physical>> = {
  'AWS::AutoScaling::AutoScalingGroup': (make) => {
    const name = make.name('AutoScalingGroupName');
    return physical(name, {
      AutoScalingGroupARN: make.arn(
        'autoscaling',
        `autoScalingGroup:${make.uuid()}:autoScalingGroupName/${name}`,
      ),
    });
  },
  'AWS::AutoScaling::LifecycleHook': (make) => physical(make.name('LifecycleHookName')),
  'AWS::Backup::BackupPlan': (make) => physical(make.uuid(), { BackupPlanId: make.uuid() }),
  'AWS::Backup::BackupVault': (make) => {
    const name = make.name('BackupVaultName', 50);
    return physical(name, {
      BackupVaultName: name,
      BackupVaultArn: make.arn('backup', `backup-vault:${name}`),
    });
  },
  'AWS::CertificateManager::Certificate': (make) => physical(make.arn('acm', `certificate/${make.uuid()}`)),
  'AWS::CloudWatch::Alarm': (make) => {
    const name = make.name('AlarmName');
    return physical(name, { Arn: make.arn('cloudwatch', `alarm:${name}`) });
  },
  'AWS::Cognito::UserPool': (make) => {
    const id = `${make.region}_${make.hex(9)}`;
    const provider = `cognito-idp.${make.region}.amazonaws.com/${id}`;
    return physical(id, {
      Arn: make.arn('cognito-idp', `userpool/${id}`),
      ProviderName: provider,
      ProviderURL: `https://${provider}`,
      UserPoolId: id,
    });
  },
  // The secret is as public as this file: give another where it guards something.
  'AWS::Cognito::UserPoolClient': (make) =>
    physical(make.hex(26), {
      ClientId: make.hex(26),
      ClientSecret: make.hex(51),
      Name: make.name('ClientName'),
    }),
  'AWS::Cognito::UserPoolDomain': (make) => physical(make.name('Domain', 63)),
  'AWS::Cognito::UserPoolGroup': (make) => physical(make.name('GroupName')),
  'AWS::Cognito::UserPoolIdentityProvider': (make) => physical(make.name('ProviderName')),
  'AWS::EC2::EIP': (make) => {
    // From the block that is reserved for documentation (RFC 5737): it leads nowhere.
    const address = `203.0.113.${Number.parseInt(make.hex(2), 16)}`;
    return physical(address, { AllocationId: make.id('eipalloc'), PublicIp: address });
  },
  'AWS::EC2::EgressOnlyInternetGateway': identified('eigw', 'Id'),
  'AWS::EC2::FlowLog': identified('fl', 'Id'),
  'AWS::EC2::InternetGateway': identified('igw', 'InternetGatewayId'),
  'AWS::EC2::LaunchTemplate': (make) =>
    physical(make.id('lt'), {
      LaunchTemplateId: make.id('lt'),
      DefaultVersionNumber: '1',
      LatestVersionNumber: '1',
    }),
  'AWS::EC2::NatGateway': identified('nat', 'NatGatewayId'),
  'AWS::EC2::Route': (make) => physical(make.id('r')),
  'AWS::EC2::RouteTable': identified('rtb', 'RouteTableId'),
  'AWS::EC2::SecurityGroup': (make) =>
    physical(make.id('sg'), { GroupId: make.id('sg'), Id: make.id('sg'), VpcId: make.text('VpcId') }),
  'AWS::EC2::SecurityGroupEgress': identified('sgr', 'Id'),
  'AWS::EC2::SecurityGroupIngress': identified('sgr', 'Id'),
  'AWS::EC2::Subnet': (make) =>
    physical(make.id('subnet'), {
      AvailabilityZone: make.text('AvailabilityZone'),
      CidrBlock: make.text('CidrBlock'),
      Ipv6CidrBlocks:
        make.text('Ipv6CidrBlock') === undefined ? undefined : [make.text('Ipv6CidrBlock') ?? ''],
      SubnetId: make.id('subnet'),
      VpcId: make.text('VpcId'),
    }),
  'AWS::EC2::SubnetRouteTableAssociation': identified('rtbassoc', 'Id'),
  'AWS::EC2::VPC': (make) =>
    physical(make.id('vpc'), {
      CidrBlock: make.text('CidrBlock'),
      DefaultNetworkAcl: make.id('acl'),
      DefaultSecurityGroup: make.id('sg'),
      // From the block that is reserved for documentation (RFC 3849).
      Ipv6CidrBlocks: [`2001:db8:${make.hex(4)}:${make.hex(6).slice(4)}00::/56`],
      VpcId: make.id('vpc'),
    }),
  'AWS::EC2::VPCCidrBlock': identified('vpc-cidr-assoc', 'Id'),
  'AWS::EC2::VPCEndpoint': identified('vpce', 'Id'),
  'AWS::EC2::VPCGatewayAttachment': (make) => physical(make.id('igw-attach')),
  'AWS::EFS::AccessPoint': (make) =>
    physical(make.id('fsap'), {
      AccessPointId: make.id('fsap'),
      Arn: make.arn('elasticfilesystem', `access-point/${make.id('fsap')}`),
    }),
  'AWS::EFS::FileSystem': (make) =>
    physical(make.id('fs'), {
      FileSystemId: make.id('fs'),
      Arn: make.arn('elasticfilesystem', `file-system/${make.id('fs')}`),
    }),
  'AWS::EFS::MountTarget': identified('fsmt', 'Id'),
  // The ARNs of a listener and its rules begin with those of what they belong to.
  'AWS::ElasticLoadBalancingV2::Listener': byArn(
    'ListenerArn',
    (make) => `${make.text('LoadBalancerArn')?.replace(':loadbalancer/', ':listener/')}/${make.hex(16)}`,
  ),
  'AWS::ElasticLoadBalancingV2::ListenerRule': byArn(
    'RuleArn',
    (make) => `${make.text('ListenerArn')?.replace(':listener/', ':listener-rule/')}/${make.hex(16)}`,
  ),
  'AWS::ElasticLoadBalancingV2::LoadBalancer': (make) => {
    const fullName = `app/${make.name('Name', 32)}/${make.hex(16)}`;
    const arn = make.arn('elasticloadbalancing', `loadbalancer/${fullName}`);
    return physical(arn, {
      // The zone of every load balancer in eu-central-1; aliases are not looked up here.
      CanonicalHostedZoneID: 'Z215JYRZR1TBD5',
      DNSName:
        `${make.name('Name', 32)}-${Number.parseInt(make.hex(8), 16)}.${make.region}.elb.amazonaws.com`.toLowerCase(),
      LoadBalancerArn: arn,
      LoadBalancerFullName: fullName,
      LoadBalancerName: make.name('Name', 32),
      SecurityGroups: make.texts('SecurityGroups'),
    });
  },
  'AWS::ElasticLoadBalancingV2::TargetGroup': (make) => {
    const fullName = `targetgroup/${make.name('Name', 32)}/${make.hex(16)}`;
    const arn = make.arn('elasticloadbalancing', fullName);
    return physical(arn, {
      TargetGroupArn: arn,
      TargetGroupFullName: fullName,
      TargetGroupName: make.name('Name', 32),
    });
  },
  'AWS::IAM::InstanceProfile': (make) => {
    const name = make.name('InstanceProfileName');
    return physical(name, { Arn: make.globalArn('iam', `instance-profile/${name}`) });
  },
  'AWS::IAM::ManagedPolicy': byArn('PolicyArn', (make) =>
    make.globalArn('iam', `policy/${make.name('ManagedPolicyName')}`),
  ),
  'AWS::IAM::Policy': (make) => physical(make.name('PolicyName'), { Id: make.name('PolicyName') }),
  'AWS::IAM::Role': (make) => {
    const name = make.name('RoleName', 64);
    return physical(name, {
      Arn: make.globalArn('iam', `role/${name}`),
      RoleId: `AROA${make.hex(17).toUpperCase()}`,
    });
  },
  'AWS::KMS::Alias': (make) => physical(make.name('AliasName')),
  'AWS::KMS::Key': (make) =>
    physical(make.uuid(), { Arn: make.arn('kms', `key/${make.uuid()}`), KeyId: make.uuid() }),
  'AWS::Logs::LogGroup': (make) => {
    const name = make.name('LogGroupName');
    return physical(name, { Arn: make.arn('logs', `log-group:${name}:*`) });
  },
  'AWS::Logs::MetricFilter': (make) => physical(make.name('FilterName')),
  'AWS::Route53::HostedZone': (make) => {
    const id = `Z${make.hex(20).toUpperCase()}`;
    return physical(id, { Id: id, NameServers: ['ns-1.awsdns-01.org', 'ns-2.awsdns-02.com'] });
  },
  'AWS::Route53::RecordSet': (make) => physical(make.name('Name', 255)),
  'AWS::S3::Bucket': (make) => {
    const name = make.name('BucketName', 63).toLowerCase();
    return physical(name, {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${make.region}.amazonaws.com`,
    });
  },
  'AWS::S3::BucketPolicy': (make) => physical(make.text('Bucket') ?? make.id('policy')),
  'AWS::SNS::Topic': (make) => {
    const arn = make.arn('sns', make.name('TopicName'));
    return physical(arn, { TopicArn: arn, TopicName: make.name('TopicName') });
  },
  'AWS::SSM::Document': (make) => physical(make.name('Name')),
  'AWS::SSM::Parameter': (make) =>
    physical(make.name('Name'), { Type: make.text('Type'), Value: make.text('Value') }),
  'AWS::SecretsManager::Secret': (make) => {
    // Six random characters end the ARN of a secret.
    const arn = make.arn('secretsmanager', `secret:${make.name('Name')}-${make.hex(6)}`);
    return physical(arn, { Id: arn });
  },
};
