import { describe, expect, it } from 'vitest';
import * as iam from '../src/catalogue/iam.ts';
import * as kms from '../src/catalogue/kms.ts';
import * as logs from '../src/catalogue/logs.ts';
import * as s3 from '../src/catalogue/s3.ts';
import * as secretsmanager from '../src/catalogue/secretsmanager.ts';
import * as ssm from '../src/catalogue/ssm.ts';
import * as sts from '../src/catalogue/sts.ts';

const here = { region: 'eu-central-1', account: '111122223333' };
const home = { account: here.account };

/** Names as each service's API has them, and the ARN that its pages give for it. */
const names: readonly (readonly [made: () => string, arn: string])[] = [
  [
    () => ssm.parameter({ ...here, name: '/pod/spec' }),
    'arn:aws:ssm:eu-central-1:111122223333:parameter/pod/spec',
  ],
  [
    () => ssm.parameter({ ...here, name: 'pod/spec' }),
    'arn:aws:ssm:eu-central-1:111122223333:parameter/pod/spec',
  ],
  [() => ssm.parameter({ ...here, name: 'pod' }), 'arn:aws:ssm:eu-central-1:111122223333:parameter/pod'],
  [() => ssm.parameter({ ...here, name: '/pod/*' }), 'arn:aws:ssm:eu-central-1:111122223333:parameter/pod/*'],
  [
    () => iam.role({ ...home, roleNameWithPath: '/service-role/r' }),
    'arn:aws:iam::111122223333:role/service-role/r',
  ],
  [() => iam.role({ ...home, roleNameWithPath: 'r' }), 'arn:aws:iam::111122223333:role/r'],
  [() => iam.user({ ...home, userNameWithPath: '/team/ann' }), 'arn:aws:iam::111122223333:user/team/ann'],
  [() => iam.policy({ ...home, policyNameWithPath: '/team/p' }), 'arn:aws:iam::111122223333:policy/team/p'],
  [() => sts.role({ ...home, roleNameWithPath: '/team/r' }), 'arn:aws:iam::111122223333:role/team/r'],
  [() => kms.alias({ ...here, alias: 'alias/pod' }), 'arn:aws:kms:eu-central-1:111122223333:alias/pod'],
  [() => kms.alias({ ...here, alias: 'pod' }), 'arn:aws:kms:eu-central-1:111122223333:alias/pod'],
  [
    () => secretsmanager.secret({ ...here, name: '/pod/keys' }),
    'arn:aws:secretsmanager:eu-central-1:111122223333:secret:/pod/keys-??????',
  ],
  [
    // Six letters behind a dash: a name may end so, and the suffix comes all the same.
    () => secretsmanager.secret({ ...here, name: 'pod-secret' }),
    'arn:aws:secretsmanager:eu-central-1:111122223333:secret:pod-secret-??????',
  ],
  [
    () => secretsmanager.secret({ ...here, name: 'pod/*' }),
    'arn:aws:secretsmanager:eu-central-1:111122223333:secret:pod/*',
  ],
  [
    () => secretsmanager.secret('arn:aws:secretsmanager:eu-central-1:111122223333:secret:pod-AbCdEf'),
    'arn:aws:secretsmanager:eu-central-1:111122223333:secret:pod-AbCdEf',
  ],
  // What begins with a slash and keeps it.
  [
    () => logs.logGroup({ ...here, name: '/aws/pod' }),
    'arn:aws:logs:eu-central-1:111122223333:log-group:/aws/pod',
  ],
  [() => s3.object({ bucket: 'b', key: '/k' }), 'arn:aws:s3:::b//k'],
];

it.each(names)('%s is %s', (made, arn) => {
  expect(made()).toBe(arn);
});

describe('what could match nothing', () => {
  it.each([
    ['a parameter with an empty part', 'ARN_PART_INVALID', () => ssm.parameter({ ...here, name: '//pod' })],
    [
      'a parameter with one in the middle',
      'ARN_PART_INVALID',
      () => ssm.parameter({ ...here, name: '/pod//x' }),
    ],
    ['a parameter that is a slash', 'ARN_PART_INVALID', () => ssm.parameter({ ...here, name: '/' })],
    ['a role with an empty path', 'ARN_PART_INVALID', () => iam.role({ ...home, roleNameWithPath: '//r' })],
    [
      'the ARN of such a parameter',
      'ARN_MALFORMED',
      () => ssm.parameter('arn:aws:ssm:eu-central-1:111122223333:parameter//pod/spec'),
    ],
  ] as const)('%s is refused', (_, code, attempt) => {
    expect(attempt).toThrow(expect.objectContaining({ code }));
  });
});

it('lets a token be whatever it turns out to be', () => {
  const name = '${Token[NAME.1]}';
  expect(ssm.parameter({ ...here, name })).toContain(`parameter/${name}`);
  expect(secretsmanager.secret({ ...here, name })).toContain(`secret:${name}`);
});
