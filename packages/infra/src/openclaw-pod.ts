import { bundlePath } from '@clawharbor/bootstrap/bundle';
import { openclawReleases } from '@clawharbor/bootstrap/spec';
import { Stack, Tags } from 'aws-cdk-lib';
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type * as cognito from 'aws-cdk-lib/aws-cognito';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as efs from 'aws-cdk-lib/aws-efs';
import type * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { ImportedPod, type OpenClawPodAttributes } from './imported-pod.ts';
import { AccessLogs } from './parts/access-logs.ts';
import { acknowledgePendingIds, acknowledgeRules } from './parts/acknowledgements.ts';
import type { AlarmId } from './parts/alarm-table.ts';
import { Alarms } from './parts/alarms.ts';
import { AutoScaling } from './parts/auto-scaling.ts';
import { Backups } from './parts/backups.ts';
import { Dashboard } from './parts/dashboard.ts';
import { existingParts } from './parts/retained-parts.ts';
import { defaultModel, refuseUncallable } from './bedrock.ts';
import { Endpoints } from './parts/endpoints.ts';
import { refuseOtherIngress } from './parts/gateway-ingress.ts';
import { InstanceRole } from './parts/instance-role.ts';
import { healthCheckSeconds, LoadBalancer } from './parts/load-balancer.ts';
import { Login } from './parts/login.ts';
import { Logs } from './parts/logs.ts';
import { Machine } from './parts/machine.ts';
import { Network } from './parts/network.ts';
import { authorityOf, certificateOf } from './parts/given-certificate.ts';
import { deployedAs, refuseFixedChanges } from './fixed-props.ts';
import { pendingLookups } from './lookups.ts';
import { loginSpec } from './login-spec.ts';
import { openclawConfig } from './openclaw-config.ts';
import type { PodOptions } from './options/pod-options.ts';
import { optionsOf, type OpenClawPodProps } from './openclaw-pod-props.ts';
import { isOfAcm, saidBy, type MetricSources } from './parts/metrics.ts';
import { Secrets } from './parts/secrets.ts';
import { groupNameOf, PodBase, podTag, type IOpenClawPod } from './pod-base.ts';
import { takePodName } from './pod-names.ts';
import { SpecParameter } from './parts/spec-parameter.ts';
import { Storage } from './parts/storage.ts';
import { acknowledgeWildcards } from './parts/wildcards.ts';

/** Port of the gateway on its instance; only the load balancer reaches it. */
const gatewayPort = 5173;
const hookName = 'gateway-ready';
const drainHookName = 'gateway-drained';

/**
 * An OpenClaw gateway for a team: behind a login, on one self-healing instance, with state that survives it.
 *
 * @example
 * new OpenClawPod(stack, 'Pod', {
 *   domain: { hostedZone, names: ['openclaw.example.com'] },
 * });
 */
export class OpenClawPod extends PodBase {
  /**
   * A pod of another stack, in this account and this Region: to grant, to connect and to watch.
   * @throws InfraError what {@link OpenClawPodAttributes} says
   */
  static fromOpenClawPodAttributes(
    scope: Construct,
    id: string,
    attributes: OpenClawPodAttributes,
  ): IOpenClawPod {
    return new ImportedPod(scope, id, attributes);
  }

  readonly podName: string;
  /** Where people log in. */
  readonly url: string;
  readonly userPool: cognito.IUserPool;
  readonly userPoolClient: cognito.UserPoolClient;
  readonly userPoolDomain: cognito.IUserPoolDomain;
  readonly vpc: ec2.IVpc;
  readonly loadBalancer: elb.ApplicationLoadBalancer;
  /** Logs in, then forwards. */
  readonly listenerRule: elb.ApplicationListenerRule;
  readonly targetGroup: elb.ApplicationTargetGroup;
  readonly certificate: ICertificate;
  readonly fileSystem: efs.IFileSystem;
  readonly secret: secretsmanager.ISecret;
  readonly secretArn: string;
  /** Encrypts secret and backups. */
  readonly key: kms.IKey;
  /** Absent without `backups.enabled`. */
  readonly backupBucket: s3.Bucket | undefined;
  /** Absent with `logs.accessDays: 0`. */
  readonly accessLogBucket: s3.Bucket | undefined;
  /** Where alarms go. */
  readonly alarmTopic: sns.ITopic;
  /** By their ids: those of `alarms.off` are missing, and those of what this pod does not have. */
  readonly alarms: ReadonlyMap<AlarmId, Alarm>;
  readonly logGroup: logs.ILogGroup;
  readonly autoScalingGroup: autoscaling.AutoScalingGroup;
  readonly launchTemplate: ec2.LaunchTemplate;
  readonly gatewaySecurityGroup: ec2.ISecurityGroup;
  readonly connections: ec2.Connections;
  readonly role: iam.Role;
  /** What no later deployment can change, for the prop of this name. */
  readonly deployedAs: string;
  /** The props with every default filled in. */
  readonly options: PodOptions;
  protected readonly metricSources: MetricSources;
  protected readonly secretKeyArn: string | undefined;

  /** @throws InfraError with the code of what is wrong in the props, see its registry in the README */
  constructor(scope: Construct, id: string, props: OpenClawPodProps) {
    super(scope, id);
    this.options = optionsOf(this, props);
    const { options } = this;
    const existing = existingParts(this, props.existing, options.retainedFrom);
    const dnsNames = options.domain.names as [string, ...string[]];
    this.podName = options.name;
    const groupName = groupNameOf(options.name);
    this.url = `https://${dnsNames[0]}`;

    const network = new Network(this, 'Network', {
      options: options.network,
      existing: props.existingNetwork,
    });
    const certificate = certificateOf(this, props.domain.certificate, options.domain);
    const login = new Login(this, 'Login', {
      existing: existing.login,
      podName: options.name,
      dnsNames,
      options: options.login,
      deletionProtection: options.deletionProtection,
    });
    const entrance = new LoadBalancer(this, 'Entrance', {
      network,
      login,
      hostedZone: props.domain.hostedZone,
      recordsZone: options.domain.records ? (props.domain.privateZone ?? props.domain.hostedZone) : undefined,
      certificate,
      certificateAuthority: authorityOf(this, options.domain),
      dnsNames,
      internetFacing: options.network.internetFacing,
      allowedCidrs: options.network.allowedCidrs,
      sessionHours: options.login.sessionHours,
      gatewayPort,
      healthCheckPath: healthCheckPath(options),
      deletionProtection: options.deletionProtection,
    });
    const given = props.existingNetwork?.gatewaySecurityGroup;
    const gateway =
      given ??
      new ec2.SecurityGroup(this, 'GatewaySecurityGroup', {
        vpc: network.vpc,
        description: 'Gateway of an OpenClaw pod',
        // Its subnets give it an IPv6 address: what it tries first must not be dropped.
        allowAllIpv6Outbound: network.ipv6,
      });

    const endpoints =
      options.network.endpoints && props.existingNetwork === undefined
        ? new Endpoints(this, 'Endpoints', {
            vpc: network.vpc,
            subnets: network.mountTargetSubnets,
            client: gateway,
            bedrock: (options.bedrock.region ?? Stack.of(this).region) === Stack.of(this).region,
          })
        : undefined;
    refuseOtherIngress(this, { gateway, loadBalancer: entrance.loadBalancer, port: gatewayPort });

    const instanceRole = new InstanceRole(this, 'Instance', { podName: options.name });
    const secrets = new Secrets(this, 'Secrets', {
      podName: options.name,
      existingKey: existing.key,
      existingSecret: existing.secret,
    });
    const journal = new Logs(this, 'Logs', {
      existing: existing.logGroup,
      retentionDays: options.logs.retentionDays,
      key: options.logs.encrypt ? secrets.key : undefined,
    });
    const storage = new Storage(this, 'Storage', {
      network,
      role: instanceRole.role,
      client: gateway,
      existing: existing.fileSystem,
      retainedId: options.retainedFrom.fileSystemId,
    });
    const backups = options.backups.enabled
      ? new Backups(this, 'Backups', {
          podName: options.name,
          key: secrets.key,
          keepDays: options.backups.keepDays,
          lockDays: options.backups.objectLockDays,
        })
      : undefined;
    const machine = new Machine(this, 'Machine', {
      options: options.machine,
      role: instanceRole.role,
      securityGroup: gateway,
      bundle: props.bundle ?? bundlePath(),
      specParameter: this.specParameterName,
    });
    const { region } = Stack.of(this);
    const called = options.bedrock.region ?? region;
    const model = options.openclaw.model ?? defaultModel(called);
    refuseUncallable(model.id, options.bedrock, called);
    const config = openclawConfig({
      version: options.openclaw.version,
      port: gatewayPort,
      dnsNames,
      trustedProxies: network.trustedProxies,
      admins: options.openclaw.admins,
      members: options.openclaw.members,
      groups: options.login.groups,
      communityInvite: options.openclaw.communityInvite,
      region: called,
      model,
      guardrail: options.bedrock.guardrail,
      ollama: options.ollama !== undefined,
      commands: options.agents.commands,
      extra: options.openclaw.config,
      owners: options.openclaw.owners,
    });
    const spec = new SpecParameter(this, 'Spec', {
      parameterName: this.specParameterName,
      spec: {
        apiVersion: 'clawharbor/v1',
        name: options.name,
        region,
        openclaw: {
          version: options.openclaw.version,
          config,
          ...(Object.keys(options.openclaw.owners).length > 0 ? { owners: options.openclaw.owners } : {}),
        },
        agents: options.agents,
        // A bootstrap of before knows no such field.
        ...(options.network.egress === 'open' ? {} : { network: { egress: options.network.egress } }),
        login: loginSpec(options.login, { login, loadBalancer: entrance.loadBalancer, region }),
        secret: { arn: secrets.secret.secretFullArn ?? secrets.secret.secretArn },
        fileSystem: {
          id: storage.fileSystem.fileSystemId,
          stateAccessPoint: storage.state.accessPointId,
          artifactsAccessPoint: storage.artifacts.accessPointId,
          ...(options.storage.databases === 'efs' ? {} : { databases: options.storage.databases }),
        },
        ...(backups === undefined ? {} : { backups: backupSpec(options.backups, backups, secrets.key) }),
        lifecycle: {
          autoScalingGroup: groupName,
          hook: hookName,
          heartbeatSeconds: options.launch.heartbeatSeconds,
          drainHook: drainHookName,
          healthCheckSeconds,
        },
        logGroup: journal.group.logGroupName,
        ollama: options.ollama,
        readyTimeoutSeconds: options.launch.readyTimeoutSeconds,
        smokeTest: options.launch.smokeTest,
      },
    });
    const policy = instanceRole.grant({
      groupName,
      specParameter: this.specParameterName,
      secrets,
      storage,
      logGroup: journal.group,
      bedrock: { ...options.bedrock, region: called },
      artifacts: [machine.bundle, ...(spec.configObject === undefined ? [] : [spec.configObject])],
      userPool: login.userPool,
      backups,
    });
    // An instance that reads of an object may read it.
    spec.node.addDependency(policy);
    const scaling = new AutoScaling(this, 'Scaling', {
      groupName,
      network,
      launchTemplate: machine.launchTemplate,
      targetGroup: entrance.targetGroup,
      hookName,
      drainHookName,
      heartbeatSeconds: options.launch.heartbeatSeconds,
      after: [
        policy,
        spec,
        entrance.rule,
        ...storage.mountable,
        network.internetConnectivityEstablished,
        ...(endpoints?.established ?? []),
      ],
    });

    const accessLogs =
      options.logs.accessDays === 0
        ? undefined
        : new AccessLogs(this, 'AccessLogs', {
            podName: options.name,
            loadBalancer: entrance.loadBalancer,
            keepDays: options.logs.accessDays,
          });
    const sources: MetricSources = {
      pod: options.name,
      autoScalingGroup: groupName,
      loadBalancer: entrance.loadBalancer.loadBalancerFullName,
      targetGroup: entrance.targetGroup.targetGroupFullName,
      fileSystem: storage.fileSystem.fileSystemId,
      certificate: isOfAcm(entrance.certificate) ? entrance.certificate.certificateArn : undefined,
    };
    const alarms = new Alarms(this, 'Alarms', { options, sources });
    if (options.dashboard) {
      new Dashboard(this, 'Dashboard', {
        name: `clawharbor-${options.name}`,
        region,
        sources,
        alarms: [...alarms.alarms.values()],
        says: saidBy(options, sources),
      });
    }

    const facts = {
      name: options.name,
      domainPrefix: login.domainPrefix ?? 'given',
      internetFacing: String(options.network.internetFacing),
      network: props.existingNetwork === undefined ? options.network.cidr : 'given',
      fileSystem: whose(existing.fileSystem, options.retainedFrom.fileSystemId),
      userPool: whose(existing.login, options.retainedFrom.userPoolId),
      secret: whose(existing.secret, options.retainedFrom.secretArn),
      key: whose(existing.key, options.retainedFrom.keyArn),
    };
    this.deployedAs = deployedAs(facts);
    // What is still to be looked up is not what it will be.
    if (options.deployedAs !== undefined && pendingLookups(this).length === 0) {
      refuseFixedChanges(options.deployedAs, facts);
    }
    this.userPool = login.userPool;
    this.userPoolClient = login.client;
    this.userPoolDomain = login.domain;
    this.vpc = network.vpc;
    this.loadBalancer = entrance.loadBalancer;
    this.listenerRule = entrance.rule;
    this.targetGroup = entrance.targetGroup;
    this.certificate = entrance.certificate;
    this.fileSystem = storage.fileSystem;
    this.secret = secrets.secret;
    this.secretArn = secrets.secretArn;
    this.secretKeyArn = secrets.secretKey?.keyArn;
    this.key = secrets.key;
    this.backupBucket = backups?.bucket;
    this.accessLogBucket = accessLogs?.bucket;
    this.alarmTopic = alarms.topic;
    this.alarms = alarms.alarms;
    this.logGroup = journal.group;
    this.autoScalingGroup = scaling.group;
    this.launchTemplate = machine.launchTemplate;
    this.gatewaySecurityGroup = gateway;
    this.connections = new ec2.Connections({ securityGroups: [gateway] });
    this.role = instanceRole.role;
    this.metricSources = sources;
    if (existing.permissionsBoundary !== undefined) {
      iam.PermissionsBoundary.of(this).apply(existing.permissionsBoundary);
    }
    takePodName(this, options.name);
    Tags.of(this).add(podTag, options.name);
    acknowledgeRules({ network, login, entrance, secrets, scaling, backups, accessLogs });
    acknowledgeWildcards(policy);
    if (pendingLookups(this).length > 0 || network.isPendingLookup) acknowledgePendingIds(this);
  }
}

/** A part by its id where it was left by a pod; what was passed in may be known to the deployment only. */
function whose(existing: unknown, retained: string | undefined): string {
  return retained ?? (existing === undefined ? 'own' : 'given');
}

function backupSpec(
  { everyHours, keep, drillEveryDays }: PodOptions['backups'],
  { bucket, prefix }: Backups,
  key: kms.IKey,
) {
  return {
    bucket: bucket.bucketName,
    prefix,
    kmsKey: key.keyArn,
    everyHours,
    keep,
    ...(drillEveryDays === 0 ? {} : { drillEveryDays }),
  };
}

function healthCheckPath({ openclaw: { version }, healthCheck }: PodOptions): string {
  return healthCheck.path ?? openclawReleases[version].healthCheckPaths[0];
}
