import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as efs from 'aws-cdk-lib/aws-efs';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { resourcePolicy } from '@clawharbor/iam-policies';
import { toPolicyDocument } from '@clawharbor/iam-policies/cdk';
import { role as roleArn } from '@clawharbor/iam-policies/iam';
import { fileSystemPolicy } from '@clawharbor/iam-policies/intents';
import { Construct, type IDependable } from 'constructs';
import { InfraError } from '../errors.ts';
import { refuseElsewhere } from './elsewhere.ts';
import type { ExistingFileSystem } from './existing-parts.ts';
import type { Network } from './network.ts';
import { retained } from './retained.ts';

export interface StorageProps {
  readonly network: Network;
  readonly role: iam.IRole;
  readonly client: ec2.ISecurityGroup;
  readonly existing?: ExistingFileSystem | undefined;
  /** Of a pod that was deleted: it has its data and its policy still, and no mount target any more. */
  readonly retainedId?: string | undefined;
}

/**
 * EFS: what must outlive every instance and an Availability Zone. Regional, encrypted, backed up, retained. Only the role
 * of the instance mounts it, only through the two access points, with TLS, and never as root.
 * https://docs.aws.amazon.com/efs/latest/ug/efs-access-points.html
 */
export class Storage extends Construct {
  readonly fileSystem: efs.IFileSystem;
  readonly state: efs.IAccessPoint;
  readonly artifacts: efs.IAccessPoint;
  /** That the instance can mount it. */
  readonly mountable: readonly IDependable[];

  /** @throws InfraError `EXISTING_PART_ELSEWHERE`, `ACCESS_POINT_INVALID` */
  constructor(scope: Construct, id: string, props: StorageProps) {
    super(scope, id);
    const { existing, retainedId, client } = props;
    if (existing !== undefined) this.check(existing);
    this.fileSystem =
      existing?.fileSystem ??
      (retainedId === undefined ? this.ownFileSystem(props) : this.retainedFileSystem(retainedId, props));
    if (existing === undefined) this.node.defaultChild = this.fileSystem.node.defaultChild;
    this.fileSystem.connections.allowDefaultPortFrom(client, 'The gateway');
    this.state = existing?.stateAccessPoint ?? this.accessPoint('State', '/state', gatewayAccount, '700');
    this.artifacts =
      existing?.artifactsAccessPoint ?? this.accessPoint('Artifacts', '/artifacts', artifactsAccount, '755');
    this.mountable = [
      this.fileSystem.mountTargetsAvailable,
      ...this.node.children.filter((child) => child instanceof efs.CfnMountTarget),
    ];
  }

  private ownFileSystem({ network, role }: StorageProps): efs.FileSystem {
    return new efs.FileSystem(this, 'FileSystem', {
      vpc: network.vpc,
      vpcSubnets: { subnets: [...network.mountTargetSubnets] },
      encrypted: true,
      enableAutomaticBackups: true,
      throughputMode: efs.ThroughputMode.ELASTIC,
      removalPolicy: retained,
      fileSystemPolicy: toPolicyDocument(resourcePolicy(fileSystemPolicy(roleArn(role.roleArn)))),
      // Not what it says: it keeps CDK from adding an Allow of ClientWrite and ClientRootAccess for everybody who may
      // mount, which it does with the recommended feature flags. Nobody is anonymous: see the policy.
      allowAnonymousAccess: true,
    });
  }

  /** Its mount targets went with the stack that made it: it gets new ones, in the VPC of this pod. */
  private retainedFileSystem(fileSystemId: string, { network }: StorageProps): efs.IFileSystem {
    const securityGroup = new ec2.SecurityGroup(this, 'MountTargets', {
      vpc: network.vpc,
      description: 'File system of an OpenClaw pod',
      allowAllOutbound: false,
    });
    for (const [index, { subnetId }] of network.mountTargetSubnets.entries()) {
      new efs.CfnMountTarget(this, `MountTarget${index + 1}`, {
        fileSystemId,
        subnetId,
        securityGroups: [securityGroup.securityGroupId],
      });
    }
    return efs.FileSystem.fromFileSystemAttributes(this, 'FileSystem', { fileSystemId, securityGroup });
  }

  private check({ fileSystem, ...points }: ExistingFileSystem): void {
    refuseElsewhere(this, 'existing.fileSystem', fileSystem.fileSystemArn);
    for (const [name, point] of Object.entries(points)) {
      const place = `existing.fileSystem.${name}`;
      refuseElsewhere(this, place, point.accessPointArn);
      const other = fileSystemOf(point);
      if (other === undefined || other === fileSystem.fileSystemId) continue;
      throw new InfraError(
        'ACCESS_POINT_INVALID',
        `${place}: is of ${other}, not of ${fileSystem.fileSystemId}: an access point opens the file system that it is of.`,
      );
    }
    const { stateAccessPoint, artifactsAccessPoint } = points;
    if (stateAccessPoint === undefined || stateAccessPoint !== artifactsAccessPoint) return;
    throw new InfraError(
      'ACCESS_POINT_INVALID',
      'existing.fileSystem: state and artifacts are the same access point: the gateway could write what it is started from.',
    );
  }

  private accessPoint(
    id: string,
    path: string,
    { uid, gid }: Account,
    permissions: string,
  ): efs.IAccessPoint {
    const scope = this.fileSystem instanceof efs.FileSystem ? this.fileSystem : this;
    const accessPoint = new efs.AccessPoint(scope, id, {
      fileSystem: this.fileSystem,
      path,
      posixUser: { uid, gid },
      createAcl: { ownerUid: uid, ownerGid: gid, permissions },
    });
    accessPoint.applyRemovalPolicy(retained);
    return accessPoint;
  }
}

/** @returns undefined where CDK was not told, or only the deployment knows */
function fileSystemOf(point: efs.IAccessPoint): string | undefined {
  try {
    const id = point.fileSystem.fileSystemId;
    return Token.isUnresolved(id) ? undefined : id;
  } catch {
    return undefined;
  }
}

interface Account {
  readonly uid: string;
  readonly gid: string;
}

/** The account `openclaw` of the instance: the gateway refuses state that is not its own. */
const gatewayAccount: Account = { uid: '1800', gid: '1800' };
/**
 * Nobody's account on the instance. It keeps no one there from writing: EFS takes every user of a mount for that of its
 * access point. The gateway cannot write artifacts because its unit sees their mount read-only (`ProtectSystem=strict`).
 */
const artifactsAccount: Account = { uid: '1802', gid: '1802' };
