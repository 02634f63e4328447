import { Duration } from 'aws-cdk-lib';
import type { ICertificateAuthority } from 'aws-cdk-lib/aws-acmpca';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { AuthenticateCognitoAction } from 'aws-cdk-lib/aws-elasticloadbalancingv2-actions';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import { parseCidr } from '../options/cidr.ts';
import type { Login } from './login.ts';
import type { Network } from './network.ts';

export interface LoadBalancerProps {
  readonly network: Network;
  readonly login: Login;
  /** Validates the certificate. */
  readonly hostedZone: route53.IHostedZone | undefined;
  /** Where the records are made. Absent: they are not. */
  readonly recordsZone: route53.IHostedZone | undefined;
  /** Issues the certificate. Absent: Amazon does. */
  readonly certificateAuthority: ICertificateAuthority | undefined;
  /** Absent: one is made, and validated in the hosted zone. */
  readonly certificate: acm.ICertificate | undefined;
  readonly dnsNames: readonly [string, ...string[]];
  readonly internetFacing: boolean;
  readonly allowedCidrs: readonly string[];
  readonly sessionHours: number;
  readonly gatewayPort: number;
  readonly healthCheckPath: string;
  readonly deletionProtection: boolean;
}

/**
 * Who came once over HTTPS comes back by nothing else for a year. Subdomains are left out: what runs on them is not this
 * stack's, and may well be plain HTTP. `preload` is left out because nobody can take that back.
 * https://www.rfc-editor.org/rfc/rfc6797
 */
const strictTransportSecurity = `max-age=${Duration.days(365).toSeconds()}`;

/**
 * What the load balancer sets on every answer, its own included. X-Content-Type-Options, X-Frame-Options and
 * Content-Security-Policy are not among them: the gateway sends its own, for each page the right ones, and the load
 * balancer would overwrite them.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html
 */
const responseAttributes = {
  'routing.http.response.strict_transport_security.header_value': strictTransportSecurity,
  // Who asks need not know what answers.
  'routing.http.response.server.enabled': 'false',
};

/**
 * How often the load balancer looks at the gateway, in seconds. So long at most do people wait for one that is ready: the first
 * look that goes well opens a new target. A look costs the gateway nothing worth a figure, so it is the least that the time-out
 * of a look allows.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
export const healthCheckSeconds = 6;

/**
 * Looks in a row that must fail until Auto Scaling replaces the instance: a minute, because the unit starts a gateway that has ended
 * by itself, which takes a quarter to half of that, and a replacement takes longer than both.
 */
const failedHealthChecks = 10;

/**
 * The only way in: TLS, then the login, then the gateway. Whatever no rule matches gets a fixed answer.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
 */
export class LoadBalancer extends Construct {
  readonly loadBalancer: elb.ApplicationLoadBalancer;
  readonly targetGroup: elb.ApplicationTargetGroup;
  readonly rule: elb.ApplicationListenerRule;
  readonly certificate: acm.ICertificate;

  constructor(scope: Construct, id: string, props: LoadBalancerProps) {
    super(scope, id);
    const { network, deletionProtection } = props;
    this.loadBalancer = new elb.ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc: network.vpc,
      vpcSubnets: { subnets: [...network.loadBalancerSubnets] },
      internetFacing: props.internetFacing,
      ipAddressType: network.ipv6 ? elb.IpAddressType.DUAL_STACK : elb.IpAddressType.IPV4,
      securityGroup: props.network.loadBalancerSecurityGroup ?? this.securityGroup(props),
      deletionProtection,
      dropInvalidHeaderFields: true,
      desyncMitigationMode: elb.DesyncMitigationMode.STRICTEST,
      // The gateway ticks every 30 s over its WebSocket.
      idleTimeout: Duration.seconds(120),
    });
    this.node.defaultChild = this.loadBalancer.node.defaultChild;
    this.targetGroup = this.gatewayTargets(props);
    this.certificate = props.certificate ?? this.ownCertificate(props);
    this.rule = this.httpsListener(props);
    this.loadBalancer.addListener('Http', {
      port: 80,
      open: false,
      defaultAction: elb.ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
    });
    this.makeRecords(props);
  }

  private securityGroup({ network, allowedCidrs }: LoadBalancerProps): ec2.SecurityGroup {
    const group = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: network.vpc,
      description: 'Load balancer of an OpenClaw pod',
      allowAllOutbound: false,
    });
    for (const cidr of allowedCidrs) {
      const v6 = parseCidr(cidr)?.family === 'ipv6';
      if (v6 && !network.ipv6) continue;
      const peer = v6 ? ec2.Peer.ipv6(cidr) : ec2.Peer.ipv4(cidr);
      group.addIngressRule(peer, ec2.Port.tcp(443), 'HTTPS');
      group.addIngressRule(peer, ec2.Port.tcp(80), 'Redirected to HTTPS');
    }
    return group;
  }

  private gatewayTargets({ network, gatewayPort, healthCheckPath }: LoadBalancerProps) {
    return new elb.ApplicationTargetGroup(this, 'Gateway', {
      vpc: network.vpc,
      targetType: elb.TargetType.INSTANCE,
      protocol: elb.ApplicationProtocol.HTTP,
      port: gatewayPort,
      deregistrationDelay: Duration.seconds(15),
      healthCheck: {
        path: healthCheckPath,
        healthyHttpCodes: '200',
        interval: Duration.seconds(healthCheckSeconds),
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: failedHealthChecks,
      },
    });
  }

  private httpsListener(props: LoadBalancerProps) {
    const { dnsNames, login, sessionHours } = props;
    const listener = this.loadBalancer.addListener('Https', {
      port: 443,
      protocol: elb.ApplicationProtocol.HTTPS,
      open: false,
      certificates: [this.certificate],
      sslPolicy: elb.SslPolicy.RECOMMENDED_TLS,
      defaultAction: elb.ListenerAction.fixedResponse(403, {
        contentType: 'text/plain',
        messageBody: 'Unknown host.',
      }),
    });
    for (const [key, value] of Object.entries(responseAttributes)) listener.setAttribute(key, value);
    return new elb.ApplicationListenerRule(this, 'Login', {
      listener,
      priority: 1,
      conditions: [elb.ListenerCondition.hostHeaders([...dnsNames])],
      action: new AuthenticateCognitoAction({
        userPool: login.userPool,
        userPoolClient: login.client,
        userPoolDomain: login.domain,
        scope: 'openid email',
        sessionTimeout: Duration.hours(sessionHours),
        onUnauthenticatedRequest: elb.UnauthenticatedAction.AUTHENTICATE,
        next: elb.ListenerAction.forward([this.targetGroup]),
      }),
    });
  }

  private ownCertificate(props: LoadBalancerProps): acm.ICertificate {
    const { certificateAuthority, hostedZone } = props;
    const [domainName, ...others] = props.dnsNames;
    const names = { domainName, ...(others.length > 0 ? { subjectAlternativeNames: others } : {}) };
    if (certificateAuthority !== undefined) {
      return new acm.PrivateCertificate(this, 'Certificate', { ...names, certificateAuthority });
    }
    return new acm.Certificate(this, 'Certificate', {
      ...names,
      validation: acm.CertificateValidation.fromDns(hostedZone),
    });
  }

  private makeRecords({ recordsZone, dnsNames, network }: LoadBalancerProps): void {
    if (recordsZone === undefined) return;
    const target = route53.RecordTarget.fromAlias(new LoadBalancerTarget(this.loadBalancer));
    for (const name of dnsNames) {
      const record = { zone: recordsZone, recordName: `${name}.`, target };
      new route53.ARecord(this, `A-${name}`, record);
      if (network.ipv6) new route53.AaaaRecord(this, `AAAA-${name}`, record);
    }
  }
}
