/**
 * What a changed prop does to a pod that runs, from the mildest:
 * - `nothing`: CloudFormation changes nothing;
 * - `live`: what is there is changed where it stands, the gateway by its own reload;
 * - `restart`: the gateway starts again, once, on the same instance;
 * - `new instance`: the instance is replaced, as in any replacement;
 * - `new resource`: another resource takes the place of one that holds nothing of people's;
 * - `fixed`: the deployment would fail, or take the pod from its people: refused with `FIXED_PROP_CHANGED` once `deployedAs`
 *   says what was deployed.
 */
export type Effect = 'nothing' | 'live' | 'restart' | 'new instance' | 'new resource' | 'fixed';

export interface Change {
  readonly effect: Effect;
  /** What people and operators notice. */
  readonly what: string;
}

const reload = 'OpenClaw reloads its config; what it cannot reload it restarts itself for';
const login = 'the next login';
const instance = 'the instance is replaced: people are offline for as long as a start takes';
const spec = 'the instance takes it within minutes';
const kept = 'what is there stays; the pod begins anew beside it';

/**
 * Prop → what its change does. A test makes each change, compares the two templates, and looks up in CloudFormation's own
 * schemas what is replaced by it.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
 */
export const changes: Readonly<Record<string, Change>> = {
  name: {
    effect: 'fixed',
    what: 'group, parameter and role are named after the pod, and the policy of the file system knows the role',
  },
  'domain.hostedZone': { effect: 'new resource', what: 'a new certificate, and records in the other zone' },
  'domain.names': {
    effect: 'new resource',
    what: 'a new certificate; the listener takes it without a pause',
  },
  'domain.certificateArn': {
    effect: 'new resource',
    what: 'the listener takes the given certificate; that of the pod goes',
  },
  'domain.privateZone': {
    effect: 'new resource',
    what: 'the records go to the private zone, or come from it',
  },
  'domain.certificateAuthorityArn': {
    effect: 'new resource',
    what: 'a new certificate; the listener takes it without a pause',
  },
  'domain.records': { effect: 'new resource', what: 'the records go or come' },
  'openclaw.version': { effect: 'restart', what: 'an upgrade, taken back if the new release is not ready' },
  'openclaw.admins': { effect: 'live', what: reload },
  'openclaw.members.scopes': { effect: 'live', what: reload },
  'openclaw.members.otherSessions': { effect: 'live', what: reload },
  'openclaw.model': { effect: 'live', what: `${reload}, unless somebody has chosen another model in the UI` },
  'openclaw.communityInvite': { effect: 'live', what: reload },
  'openclaw.config': { effect: 'live', what: reload },
  'openclaw.owners': { effect: 'live', what: 'the next merge goes by it' },
  'agents.commands': {
    effect: 'restart',
    what: 'commands of agents run in the other place; where they run apart they come a minute after the gateway',
  },
  'bedrock.region': { effect: 'live', what: `${reload}; prompts go to the other Region` },
  'bedrock.models': { effect: 'live', what: 'what the instance may call, within seconds' },
  'bedrock.regions': { effect: 'live', what: 'where requests may be routed to, within seconds' },
  'bedrock.guardrail': {
    effect: 'live',
    what: `what IAM wants within seconds, what OpenClaw sends within minutes; in between calls are refused`,
  },
  ollama: {
    effect: 'live',
    what: 'Ollama is installed, or starts again with the other release; the gateway stays',
  },
  'login.groups': {
    effect: 'new resource',
    what: 'groups come, and none goes; who is in none of them is out within a minute',
  },
  'login.identityProviders': {
    effect: 'new resource',
    what: 'the login page offers it; the people who came by one that goes stay, and can no longer sign in by it',
  },
  'login.mfa': { effect: 'live', what: login },
  'login.sessionHours': { effect: 'live', what: login },
  'login.domainPrefix': {
    effect: 'fixed',
    what: 'a user pool has one prefix domain, and CloudFormation makes the new one first',
  },
  'network.cidr': { effect: 'fixed', what: 'another VPC: mount targets of a file system are all in one' },
  'network.natGateways': {
    effect: 'new resource',
    what: 'a NAT gateway comes or goes; connections through it break off',
  },
  'network.endpoints': {
    effect: 'new resource',
    what: 'calls of AWS under way break off, and are made again',
  },
  'network.internetFacing': {
    effect: 'fixed',
    what: 'another load balancer, while the target group still belongs to the first',
  },
  'network.allowedCidrs': {
    effect: 'live',
    what: 'the load balancer lets in whom it is to, from the next connection on',
  },
  'network.trustedProxies': { effect: 'live', what: reload },
  'network.egress': {
    effect: 'live',
    what: 'commands of agents under way end where it opens or closes; with other names only their connections break off',
  },
  'machine.architecture': { effect: 'new instance', what: instance },
  'machine.instanceType': { effect: 'new instance', what: instance },
  'machine.imageId': { effect: 'new instance', what: instance },
  'machine.imageParameter': { effect: 'new instance', what: instance },
  'machine.rootVolumeGiB': { effect: 'new instance', what: instance },
  'healthCheck.path': { effect: 'live', what: 'the load balancer asks for the other path' },
  'logs.retentionDays': { effect: 'live', what: 'what is older goes' },
  'logs.encrypt': {
    effect: 'live',
    what: 'what is written from then on is encrypted with the key of the pod',
  },
  'logs.accessDays': {
    effect: 'new resource',
    what: 'to 0 or from it: a bucket is left behind, or comes; else what is older goes',
  },
  'launch.heartbeatSeconds': {
    effect: 'live',
    what: 'the next instance; the one that runs is not held any more',
  },
  'launch.readyTimeoutSeconds': { effect: 'live', what: 'the next start' },
  'launch.smokeTest': { effect: 'live', what: spec },
  'storage.databases': {
    effect: 'restart',
    what: 'databases move while the gateway is down, nothing is lost',
  },
  'backups.enabled': { effect: 'new resource', what: 'a bucket comes, or is left behind with its archives' },
  'backups.everyHours': { effect: 'live', what: spec },
  'backups.keep': { effect: 'live', what: spec },
  'backups.keepDays': { effect: 'live', what: 'the bucket expires archives by it, those of before too' },
  'backups.objectLockDays': {
    effect: 'new resource',
    what: 'from none: another bucket, the first is left behind with its archives; else only archives to come',
  },
  'backups.drillEveryDays': { effect: 'live', what: spec },
  'alarms.topicArn': {
    effect: 'new resource',
    what: 'the topic of the pod goes, with its subscribers, or comes',
  },
  'alarms.emails': { effect: 'new resource', what: 'each new address has to confirm its first mail' },
  'alarms.opsItems': { effect: 'live', what: 'the next alarm' },
  'alarms.off': { effect: 'live', what: 'alarms go or come' },
  'alarms.names': { effect: 'live', what: 'an alarm of the new name takes the place of the old one' },
  dashboard: { effect: 'new resource', what: 'the page goes or comes' },
  'retainedFrom.fileSystemId': { effect: 'fixed', what: kept },
  'retainedFrom.userPoolId': { effect: 'fixed', what: kept },
  'retainedFrom.secretArn': { effect: 'fixed', what: kept },
  'retainedFrom.keyArn': { effect: 'fixed', what: kept },
  deployedAs: { effect: 'nothing', what: 'a note for synth' },
  deletionProtection: { effect: 'live', what: 'whether load balancer and user pool may be deleted' },
};
