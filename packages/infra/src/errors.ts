/** What synth refuses, and why a stack would not work. The registry with remedies: README.md. */
export type InfraErrorCode =
  | 'PROPS_INVALID'
  | 'CONFIG_INVALID'
  | 'CONFIG_UNREADABLE'
  | 'NAME_INVALID'
  | 'ACCOUNT_INVALID'
  | 'REGION_INVALID'
  | 'DNS_NAME_MISSING'
  | 'DNS_NAME_INVALID'
  | 'DNS_NAMES_TOO_MANY'
  | 'DNS_NAME_OUTSIDE_ZONE'
  | 'HOSTED_ZONE_INVALID'
  | 'CIDR_INVALID'
  | 'TRUSTED_PROXIES_TOO_WIDE'
  | 'TRUSTED_PROXIES_UNKNOWN'
  | 'MACHINE_AMONG_TRUSTED_PROXIES'
  | 'SUBNETS_TOO_FEW'
  | 'SUBNETS_SHARE_ZONE'
  | 'SECURITY_GROUP_SHARED'
  | 'CERTIFICATE_INVALID'
  | 'EXISTING_PART_ELSEWHERE'
  | 'EXISTING_PART_TWICE'
  | 'ATTRIBUTE_MISSING'
  | 'ATTRIBUTE_INVALID'
  | 'GRANTEE_INVALID'
  | 'GATEWAY_OPEN'
  | 'ACCESS_POINT_INVALID'
  | 'KEY_POLICY_NOT_OURS'
  | 'RETAINED_INVALID'
  | 'POD_NAME_TAKEN'
  | 'DEPLOYED_AS_INVALID'
  | 'FIXED_PROP_CHANGED'
  | 'ADMIN_NOT_A_SUB'
  | 'MEMBER_SCOPE_REFUSED'
  | 'OPENCLAW_VERSION_UNKNOWN'
  | 'OPENCLAW_VERSION_NOT_RUN'
  | 'OPENCLAW_KEY_MANAGED'
  | 'OPENCLAW_CONFIG_INVALID'
  | 'CREDENTIAL_IN_CONFIG'
  | 'OWNER_INVALID'
  | 'OWNER_REFUSED'
  | 'MODEL_INVALID'
  | 'MODEL_NOT_IN_PROVIDER'
  | 'MODEL_UNKNOWN_IN_REGION'
  | 'MODEL_NOT_ALLOWED'
  | 'BEDROCK_INVALID'
  | 'OLLAMA_INVALID'
  | 'COMMANDS_UNKNOWN'
  | 'EGRESS_INVALID'
  | 'EGRESS_NOT_HELD'
  | 'HEALTH_CHECK_PATH_REFUSED'
  | 'SESSION_TIMEOUT_OUT_OF_RANGE'
  | 'GROUP_INVALID'
  | 'IDENTITY_PROVIDER_INVALID'
  | 'HEARTBEAT_OUT_OF_RANGE'
  | 'READY_TIMEOUT_OUT_OF_RANGE'
  | 'DOMAIN_PREFIX_INVALID'
  | 'INSTANCE_TYPE_INVALID'
  | 'INSTANCE_TYPE_ARCHITECTURE'
  | 'IMAGE_INVALID'
  | 'LOG_RETENTION_INVALID'
  | 'ALARMS_INVALID'
  | 'BACKUPS_INVALID'
  | 'SPEC_TOO_LARGE'
  | 'SPEC_INVALID'
  | 'SYNTH_FAILED'
  | 'USAGE';

/** A refusal at synth: `code` is stable, the message says what is wrong, where, and what to do. */
export class InfraError extends Error {
  /** The code: what prints an error that nobody caught begins with its name. */
  override readonly name: InfraErrorCode;
  readonly code: InfraErrorCode;

  constructor(code: InfraErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = code;
    // It was taken before there was a name.
    Error.captureStackTrace(this, InfraError);
    this.code = code;
  }
}
