import { changes, type Effect } from './changes.ts';
import { waysTo } from './fixed-props.ts';

const effects: Readonly<Record<Effect, string>> = {
  nothing: 'CloudFormation changes nothing',
  live: 'what is there is changed where it stands, the gateway by its own reload',
  restart: 'the gateway starts again, once, on the same instance',
  'new instance': 'the instance is replaced, as in any replacement',
  'new resource': 'another resource takes the place of one that holds nothing of people’s',
  fixed: 'the deployment would fail, or take the pod from its people: see below',
};

/** `docs/changes.md`, not yet formatted. */
export function changesPage(): string {
  const row = (...cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    '# What a change does',
    '',
    '<!-- Made from packages/infra/src/changes.ts by its test; do not edit. -->',
    '',
    'What a deployment does to a pod that runs, when a prop has changed since the last one. Each row was tried: two templates, and',
    'what CloudFormation’s own schemas say of every property that differs. A new release of Clawharbor is another bundle, and so a',
    'new instance; a newer image of Amazon Linux, too, unless `machine.imageId` is pinned.',
    '',
    row('effect', 'what it means'),
    row('---', '---'),
    ...Object.entries(effects).map(([effect, what]) => row(effect, what)),
    '',
    row('prop', 'effect', 'what is noticed'),
    row('---', '---', '---'),
    ...Object.entries(changes).map(([prop, { effect, what }]) => row(`\`${prop}\``, effect, what)),
    '',
    'What is passed in as a construct (`existingNetwork`, `existing`) is as fixed as what `retainedFrom` names, but for',
    '`existing.logGroup` and `existing.permissionsBoundary`.',
    '',
    '## What is fixed',
    '',
    'Copy the output `DeployedAs` of the stack into the prop `deployedAs` after the first deployment. From then on synth refuses a',
    'change of what is fixed, with `FIXED_PROP_CHANGED` and the way to what was wanted:',
    '',
    row('fact', 'the way'),
    row('---', '---'),
    ...Object.entries(waysTo).map(([fact, way]) => row(`\`${fact}\``, way)),
    '',
    '## A pod that was deleted',
    '',
    'File system, user pool, secret, key, log group and backups stay when a stack is deleted, each with the tag `clawharbor:pod`.',
    'Deploy again with the same `name`, without `deployedAs`, and with what was left:',
    '',
    row('prop', 'where it is'),
    row('---', '---'),
    row('`retainedFrom.fileSystemId`', '`aws efs describe-file-systems`; it has no mount targets any more'),
    row(
      '`retainedFrom.userPoolId`',
      'the output `UserPoolId`, or `aws cognito-idp list-user-pools --max-results 60`',
    ),
    row('`retainedFrom.secretArn`', 'the output `SecretArn`, or `aws secretsmanager list-secrets`'),
    row('`retainedFrom.keyArn`', '`KmsKeyId` of the secret, by `aws secretsmanager describe-secret`'),
    '',
    'The policy of the file system lets in the role `clawharbor-NAME-REGION` and nobody else. For a pod under another name take it',
    'away first, with `aws efs delete-file-system-policy`; until the next own policy everybody with an access to a mount target and',
    'permission by IAM is let in. Archives of before stay in their bucket; see [backups](backups.md).',
    '',
  ].join('\n');
}
