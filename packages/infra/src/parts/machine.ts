import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { InfraError } from '../errors.ts';
import type { PodOptions } from '../options/pod-options.ts';
import { sha256Of, userData } from './user-data.ts';

export interface MachineProps {
  readonly options: PodOptions['machine'];
  readonly role: iam.IRole;
  readonly securityGroup: ec2.ISecurityGroup;
  /** The bootstrap, one file. */
  readonly bundle: string;
  readonly specParameter: string;
}

/** How an instance comes to be: Amazon Linux 2023, IMDSv2 only, encrypted disk, no SSH key. */
export class Machine extends Construct {
  readonly launchTemplate: ec2.LaunchTemplate;
  readonly bundle: Asset;

  /** @throws InfraError `INSTANCE_TYPE_ARCHITECTURE` */
  constructor(scope: Construct, id: string, props: MachineProps) {
    super(scope, id);
    const { options, role, securityGroup, specParameter } = props;
    this.bundle = new Asset(this, 'Bundle', { path: props.bundle });
    const commands = ec2.UserData.forLinux();
    commands.addCommands(
      ...userData({
        bucket: this.bundle.s3BucketName,
        key: this.bundle.s3ObjectKey,
        sha256: sha256Of(props.bundle),
        region: Stack.of(this).region,
        specParameter,
      }),
    );
    this.launchTemplate = new ec2.LaunchTemplate(this, 'LaunchTemplate', {
      machineImage: machineImage(options),
      instanceType: instanceType(options),
      role,
      securityGroup,
      userData: commands,
      requireImdsv2: true,
      httpTokens: ec2.LaunchTemplateHttpTokens.REQUIRED,
      httpPutResponseHopLimit: 1,
      httpEndpoint: true,
      associatePublicIpAddress: false,
      detailedMonitoring: true,
      ebsOptimized: true,
      blockDevices: [
        {
          deviceName: '/dev/xvda',
          volume: ec2.BlockDeviceVolume.ebs(options.rootVolumeGiB, {
            encrypted: true,
            volumeType: ec2.EbsDeviceVolumeType.GP3,
            deleteOnTermination: true,
          }),
        },
      ],
    });
    this.node.defaultChild = this.launchTemplate.node.defaultChild;
  }
}

/** A parameter is resolved by CloudFormation, anew at each deploy; an id stays. */
function machineImage({ architecture, imageId, imageParameter }: PodOptions['machine']): ec2.IMachineImage {
  const osType = ec2.OperatingSystemType.LINUX;
  if (imageId !== undefined) {
    return { getImage: () => ({ imageId, osType, userData: ec2.UserData.forLinux() }) };
  }
  const newest = `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${architecture}`;
  return ec2.MachineImage.fromSsmParameter(imageParameter ?? newest, { os: osType });
}

function instanceType({ architecture, instanceType: name }: PodOptions['machine']): ec2.InstanceType {
  const type = new ec2.InstanceType(name ?? (architecture === 'arm64' ? 't4g.medium' : 't3.medium'));
  if (type.architecture.toString() !== architecture) {
    throw new InfraError(
      'INSTANCE_TYPE_ARCHITECTURE',
      `machine.instanceType: ${type.toString()} is ${type.architecture}, but machine.architecture is ${architecture}.`,
    );
  }
  return type;
}
