/**
 * The load balancer's part of a CloudFormation template, intrinsics resolved. Everything is strict: a property that
 * the stand-in does not play is refused, not ignored.
 *
 * AWS CloudFormation Template Reference: AWS::ElasticLoadBalancingV2::Listener, ::ListenerRule, ::TargetGroup and
 * ::LoadBalancer (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ElasticLoadBalancingV2.html)
 */
import * as z from 'zod';

/** CloudFormation accepts numbers and booleans as strings. */
const number = (min: number, max: number) => z.coerce.number().min(min).max(max);
const boolean = z.stringbool().or(z.boolean());

const port = number(1, 65_535);
const order = number(1, 50_000).optional();

const authenticateBase = {
  AuthenticationRequestExtraParams: z.record(z.string(), z.string()).optional(),
  OnUnauthenticatedRequest: z.enum(['authenticate', 'deny', 'allow']).default('authenticate'),
  Scope: z.string().default('openid'),
  SessionCookieName: z.string().default('AWSELBAuthSessionCookie'),
  SessionTimeout: number(1, 604_800).default(604_800),
};

export const AuthenticateCognitoConfig = z.strictObject({
  ...authenticateBase,
  UserPoolArn: z.string(),
  UserPoolClientId: z.string(),
  UserPoolDomain: z.string(),
});
export type AuthenticateCognitoConfig = z.output<typeof AuthenticateCognitoConfig>;

export const AuthenticateOidcConfig = z.strictObject({
  ...authenticateBase,
  AuthorizationEndpoint: z.url(),
  ClientId: z.string(),
  ClientSecret: z.string(),
  Issuer: z.string(),
  TokenEndpoint: z.url(),
  UserInfoEndpoint: z.url(),
});
export type AuthenticateOidcConfig = z.output<typeof AuthenticateOidcConfig>;

const redirectPart = (max: number) => z.string().max(max);

export const RedirectConfig = z.strictObject({
  Host: redirectPart(128).default('#{host}'),
  Path: redirectPart(128).startsWith('/').default('/#{path}'),
  Port: z.coerce.string().default('#{port}'),
  Protocol: z.enum(['HTTP', 'HTTPS', '#{protocol}']).default('#{protocol}'),
  Query: redirectPart(128).default('#{query}'),
  StatusCode: z.enum(['HTTP_301', 'HTTP_302']),
});
export type RedirectConfig = z.output<typeof RedirectConfig>;

export const FixedResponseConfig = z.strictObject({
  ContentType: z.string().default('text/plain'),
  MessageBody: z.string().max(1024).default(''),
  StatusCode: z.coerce.string().regex(/^[245]\d\d$/),
});
export type FixedResponseConfig = z.output<typeof FixedResponseConfig>;

const ForwardConfig = z.strictObject({
  TargetGroups: z
    .array(z.strictObject({ TargetGroupArn: z.string(), Weight: number(0, 999).default(1) }))
    .min(1)
    .max(5),
  TargetGroupStickinessConfig: z
    .strictObject({ Enabled: z.literal(false).or(z.literal('false')) })
    .optional(),
});

export const Action = z.discriminatedUnion('Type', [
  z.strictObject({
    Type: z.literal('authenticate-cognito'),
    Order: order,
    AuthenticateCognitoConfig,
  }),
  z.strictObject({ Type: z.literal('authenticate-oidc'), Order: order, AuthenticateOidcConfig }),
  z.strictObject({ Type: z.literal('redirect'), Order: order, RedirectConfig }),
  z.strictObject({ Type: z.literal('fixed-response'), Order: order, FixedResponseConfig }),
  z.strictObject({
    Type: z.literal('forward'),
    Order: order,
    TargetGroupArn: z.string().optional(),
    ForwardConfig: ForwardConfig.optional(),
  }),
]);
export type Action = z.output<typeof Action>;

const values = z.array(z.string()).min(1);

export const Condition = z.discriminatedUnion('Field', [
  z.strictObject({ Field: z.literal('host-header'), HostHeaderConfig: z.strictObject({ Values: values }) }),
  z.strictObject({ Field: z.literal('path-pattern'), PathPatternConfig: z.strictObject({ Values: values }) }),
  z.strictObject({
    Field: z.literal('http-header'),
    HttpHeaderConfig: z.strictObject({ HttpHeaderName: z.string(), Values: values }),
  }),
  z.strictObject({
    Field: z.literal('http-request-method'),
    HttpRequestMethodConfig: z.strictObject({ Values: values }),
  }),
  z.strictObject({
    Field: z.literal('query-string'),
    QueryStringConfig: z.strictObject({
      Values: z.array(z.strictObject({ Key: z.string().optional(), Value: z.string() })).min(1),
    }),
  }),
  z.strictObject({ Field: z.literal('source-ip'), SourceIpConfig: z.strictObject({ Values: values }) }),
]);
export type Condition = z.output<typeof Condition>;

const attributes = z.array(z.strictObject({ Key: z.string(), Value: z.coerce.string() })).default([]);

/** AWS::ElasticLoadBalancingV2::Listener. Which load balancer it belongs to and its certificate play no part here. */
export const ListenerProperties = z.object({
  DefaultActions: z.array(Action).min(1),
  ListenerAttributes: attributes,
  Port: port,
  Protocol: z.enum(['HTTP', 'HTTPS']),
});

/** AWS::ElasticLoadBalancingV2::ListenerRule */
export const ListenerRuleProperties = z.object({
  Actions: z.array(Action).min(1),
  Conditions: z.array(Condition).min(1),
  Priority: number(1, 50_000),
});

/** AWS::ElasticLoadBalancingV2::TargetGroup: what it says of routing and health checks. */
export const TargetGroupProperties = z.object({
  HealthCheckEnabled: boolean.optional().pipe(z.literal(true).optional()),
  HealthCheckIntervalSeconds: number(5, 300).default(30),
  HealthCheckPath: z.string().startsWith('/').default('/'),
  HealthCheckPort: z.literal('traffic-port').or(port).default('traffic-port'),
  HealthCheckProtocol: z.literal('HTTP').default('HTTP'),
  HealthCheckTimeoutSeconds: number(2, 120).default(5),
  HealthyThresholdCount: number(2, 10).default(5),
  Matcher: z
    .strictObject({ HttpCode: z.coerce.string().regex(/^\d{3}(-\d{3})?(,\d{3}(-\d{3})?)*$/) })
    .default({
      HttpCode: '200',
    }),
  Protocol: z.literal('HTTP'),
  ProtocolVersion: z.literal('HTTP1').optional(),
  TargetGroupAttributes: attributes,
  UnhealthyThresholdCount: number(2, 10).default(2),
});
export type TargetGroupProperties = z.output<typeof TargetGroupProperties>;

/** The attributes of AWS::ElasticLoadBalancingV2::LoadBalancer that change how a request is handled. */
const playedAttributes = z.object({
  'client_keep_alive.seconds': number(60, 604_800).default(3600),
  'idle_timeout.timeout_seconds': number(1, 4000).default(60),
  'routing.http.desync_mitigation_mode': z.enum(['defensive', 'strictest']).default('defensive'),
  'routing.http.drop_invalid_header_fields.enabled': boolean.default(false),
  'routing.http.preserve_host_header.enabled': boolean.default(false),
  'routing.http.xff_client_port.enabled': boolean.default(false),
  'routing.http.xff_header_processing.mode': z.enum(['append', 'preserve', 'remove']).default('append'),
  'routing.http2.enabled': boolean.default(true),
});

export const LoadBalancerAttributes = playedAttributes.transform((attribute) => ({
  clientKeepAliveSeconds: attribute['client_keep_alive.seconds'],
  idleTimeoutSeconds: attribute['idle_timeout.timeout_seconds'],
  desyncMitigationMode: attribute['routing.http.desync_mitigation_mode'],
  dropInvalidHeaderFields: attribute['routing.http.drop_invalid_header_fields.enabled'],
  preserveHostHeader: attribute['routing.http.preserve_host_header.enabled'],
  xffClientPort: attribute['routing.http.xff_client_port.enabled'],
  xffMode: attribute['routing.http.xff_header_processing.mode'],
  http2: attribute['routing.http2.enabled'],
}));
export type LoadBalancerAttributes = z.output<typeof LoadBalancerAttributes>;

export const isPlayed = (key: string) => key in playedAttributes.shape;

/** Attributes that change nothing about what becomes of a request. */
export const withoutPart =
  /^(access_logs|connection_logs|health_check_logs)\.|^(deletion_protection|load_balancing\.cross_zone|zonal_shift\.config|waf\.fail_open)\.enabled$|^ipv6\.deny_all_igw_traffic$/;

export const attributeList = attributes;
