import { RemovalPolicy } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as efs from 'aws-cdk-lib/aws-efs';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { resourcePolicy } from '@clawharbor/iam-policies';
import { toPolicyDocument } from '@clawharbor/iam-policies/cdk';
import { role as roleArn } from '@clawharbor/iam-policies/iam';
import { fileSystemPolicy } from '@clawharbor/iam-policies/intents';
import { Construct } from 'constructs';
import type { Network } from './network.ts';

export interface StorageProps {
  readonly network: Network;
  readonly role: iam.IRole;
  readonly client: ec2.ISecurityGroup;
}

/**
 * EFS: what must outlive every instance and an Availability Zone. Regional, encrypted, backed up, retained. Only the role
 * of the instance mounts it, only through the two access points, with TLS, and never as root.
 * https://docs.aws.amazon.com/efs/latest/ug/efs-access-points.html
 */
export class Storage extends Construct {
  readonly fileSystem: efs.FileSystem;
  readonly state: efs.AccessPoint;
  readonly artifacts: efs.AccessPoint;

  constructor(scope: Construct, id: string, { network, role, client }: StorageProps) {
    super(scope, id);
    this.fileSystem = new efs.FileSystem(this, 'FileSystem', {
      vpc: network.vpc,
      vpcSubnets: { subnets: [...network.mountTargetSubnets] },
      encrypted: true,
      enableAutomaticBackups: true,
      throughputMode: efs.ThroughputMode.ELASTIC,
      removalPolicy: RemovalPolicy.RETAIN,
      fileSystemPolicy: toPolicyDocument(resourcePolicy(fileSystemPolicy(roleArn(role.roleArn)))),
      // Not what it says: it keeps CDK from adding an Allow of ClientWrite and ClientRootAccess for everybody who may
      // mount, which it does with the recommended feature flags. Nobody is anonymous: see the policy.
      allowAnonymousAccess: true,
    });
    this.fileSystem.connections.allowDefaultPortFrom(client, 'The gateway');
    this.state = this.accessPoint('State', '/state', gatewayAccount, '700');
    this.artifacts = this.accessPoint('Artifacts', '/artifacts', artifactsAccount, '755');
  }

  private accessPoint(id: string, path: string, account: Account, permissions: string): efs.AccessPoint {
    const { uid, gid } = account;
    const accessPoint = this.fileSystem.addAccessPoint(id, {
      path,
      posixUser: { uid, gid },
      createAcl: { ownerUid: uid, ownerGid: gid, permissions },
    });
    accessPoint.applyRemovalPolicy(RemovalPolicy.RETAIN);
    return accessPoint;
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
