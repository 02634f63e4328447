// oxlint-disable typescript/no-unsafe-type-assertion -- this is what the types refuse
import { describe, expect, it } from 'vitest';
import * as autoscaling from '../src/catalogue/autoscaling.ts';
import * as bedrock from '../src/catalogue/bedrock.ts';
import * as efs from '../src/catalogue/elasticfilesystem.ts';
import * as logs from '../src/catalogue/logs.ts';
import * as s3 from '../src/catalogue/s3.ts';
import * as secretsmanager from '../src/catalogue/secretsmanager.ts';
import {
  allow,
  anyone,
  document,
  IamPolicyError,
  resourcePolicy,
  type IamPolicyErrorCode,
} from '../src/index.ts';
import { invokeBedrock } from '../src/intents/index.ts';

const here = { region: 'eu-central-1', account: '111122223333' };
const read = () => allow('Read', s3.GetObject).on(s3.object({ bucket: 'assets', key: '*' }));

/** What JavaScript, or a cast, can do and the types refuse. */
const untyped = {
  allow,
  document,
  resourcePolicy,
} as unknown as Record<string, (...of: unknown[]) => Record<string, (...of: unknown[]) => unknown>>;
const untypedStatement = read() as unknown as { when: (...of: unknown[]) => unknown };

const refused: readonly [IamPolicyErrorCode, RegExp, () => unknown][] = [
  ['ACTIONS_EMPTY', /Read: name at least one action/, () => untyped['allow']!('Read')],
  [
    'RESOURCES_EMPTY',
    /Read: name at least one resource/,
    () => untyped['allow']!('Read', s3.GetObject)['on']!(),
  ],
  ['SID_ILLEGAL', /"read-it": use letters and digits only/, () => allow('read-it', s3.GetObject)],
  ['SID_ILLEGAL', /""/, () => allow('', s3.GetObject)],
  ['REASON_EMPTY', /say why/, () => allow('Read', s3.GetObject).unscoped('  ')],
  ['REASON_EMPTY', /say why/, () => untyped['allow']!('Read', s3.GetObject)['unscoped']!()],
  [
    'CONDITION_VALUE_INVALID',
    /Read: Invalid Date is no value that DateLessThan of aws:CurrentTime/,
    () => read().when('aws:CurrentTime', 'DateLessThan', new Date('tomorrow')),
  ],
  [
    'CONDITION_VALUE_INVALID',
    /Read: NaN is no value that NumericEquals of s3:TlsVersion/,
    () => read().when('s3:TlsVersion', 'NumericEquals', Number('1.2.3')),
  ],
  [
    'CONDITION_VALUE_INVALID',
    /Read: undefined is no value/,
    () => untypedStatement.when('s3:authType', 'StringEquals', undefined),
  ],
  ['CONDITION_EMPTY', /at least one value/, () => untypedStatement.when('s3:authType', 'StringEquals')],
  [
    'CONDITION_REPEATED',
    /Give all values at once/,
    () => read().when('s3:authType', 'StringEquals', 'a').when('s3:authType', 'StringEquals', 'b'),
  ],
  [
    'SID_ILLEGAL',
    /"read it": use letters and digits only/,
    () => document({ for: 'identity', content: { ...read().content, sid: 'read it' } }),
  ],
  [
    'RESOURCES_EMPTY',
    /InvokeBedrockAcrossRegions: name at least one/,
    () => invokeBedrock({ ...here, scope: 'all', regions: [] as never }),
  ],
  [
    'RESOURCES_EMPTY',
    /InvokeBedrock: name at least one/,
    () => invokeBedrock({ ...here, scope: [] as never }),
  ],
  ['POLICY_EMPTY', /at least one statement/, () => document()],
  ['PRINCIPAL_UNEXPECTED', /use resourcePolicy/, () => untyped['document']!(read().by(anyone))],
  [
    'PRINCIPAL_UNEXPECTED',
    /use resourcePolicy/,
    () => untyped['document']!(allow('Read', s3.GetObject).onAttached('*')),
  ],
  ['PRINCIPAL_MISSING', /add by\(\)/, () => untyped['resourcePolicy']!(read())],
  [
    'ARN_PART_INVALID',
    /region is "Frankfurt"/,
    () => efs.fileSystem({ ...here, region: 'Frankfurt', id: 'fs-1' }),
  ],
  ['ARN_PART_INVALID', /region is ""/, () => efs.fileSystem({ ...here, region: '', id: 'fs-1' })],
  [
    'ARN_PART_INVALID',
    /account is 111122223333. Give the 12 digits of an account as text/,
    () => efs.fileSystem({ ...here, account: 111122223333 as never, id: 'fs-1' }),
  ],
  ['ARN_PART_INVALID', /account is "1234"/, () => efs.fileSystem({ ...here, account: '1234', id: 'fs-1' })],
  [
    'ARN_PART_INVALID',
    /partition is "amazon"/,
    () => efs.fileSystem({ ...here, partition: 'amazon', id: 'fs-1' }),
  ],
  ['ARN_PART_INVALID', /name is ""/, () => secretsmanager.secret({ ...here, name: '' })],
  ['ARN_PART_INVALID', /no white space/, () => secretsmanager.secret({ ...here, name: 'a b' })],
  [
    'ARN_PART_INVALID',
    /account is/,
    () => efs.fileSystem({ ...here, account: '${Token[AWS.AccountId.1]}:x', id: 'fs-1' }),
  ],
  [
    'ARN_PART_INVALID',
    /region is missing/,
    () => efs.fileSystem({ account: here.account, id: 'fs-1' } as never),
  ],
  [
    'ARN_MALFORMED',
    /Its form is arn:\{partition\}:s3:::\{bucket\}\/\{key\}/,
    () => s3.object('arn:aws:s3:::assets'),
  ],
  ['ARN_MALFORMED', /is not an ARN of s3:object/, () => s3.object('*')],
  [
    'ARN_MALFORMED',
    /foundation-model/,
    () => bedrock.foundationModel('arn:aws:bedrock:eu-west-1:111122223333:foundation-model/x'),
  ],
  // A token stands for its own part only: all others are compared.
  [
    'ARN_MALFORMED',
    /s3:object/,
    () => s3.object('arn:${AWS::Partition}:sns:eu-central-1:111122223333:topic/key'),
  ],
  ['ARN_MALFORMED', /file-system/, () => efs.fileSystem('arn:${AWS::Partition}:s3:::bucket/key')],
  [
    'ARN_MALFORMED',
    /file-system/,
    () => efs.fileSystem('arn:aws:elasticfilesystem:eu-central-1:111122223333:access-point/${Token[ID.1]}'),
  ],
  [
    'ARN_MALFORMED',
    /foundation-model/,
    () =>
      bedrock.foundationModel(
        'arn:${Token[AWS.Partition.3]}:bedrock:eu-west-1:111122223333:foundation-model/x',
      ),
  ],
  [
    'ARN_MALFORMED',
    /file-system/,
    () => efs.fileSystem('arn:aws:elasticfilesystem::111122223333:file-system/x'),
  ],
  ['ARN_MALFORMED', /s3:bucket/, () => s3.bucket('arn:aws:s3:::assets/*')],
  ['ARN_MALFORMED', /s3:bucket/, () => s3.bucket('${Token[BUCKET.1]}/*')],
  ['ARN_MALFORMED', /s3:bucket/, () => s3.bucket({ name: 'assets/*' })],
  [
    'ARN_MALFORMED',
    /log-group/,
    () => logs.logGroup('arn:aws:logs:eu-central-1:111122223333:log-group:g:log-stream:s'),
  ],
  [
    'ARN_MALFORMED',
    /Region of its partition/,
    () => efs.fileSystem({ ...here, region: 'cn-north-1', id: 'fs-1' }),
  ],
  [
    'ARN_MALFORMED',
    /Region of its partition/,
    () => efs.fileSystem({ ...here, partition: 'aws-us-gov', id: 'fs-1' }),
  ],
  [
    'ARN_MALFORMED',
    /Region of its partition/,
    () => bedrock.foundationModel('arn:aws-cn:bedrock:us-gov-west-1::foundation-model/x'),
  ],
  ['ARN_MALFORMED', /autoScalingGroup/, () => autoscaling.autoScalingGroup('${Token[GROUP.1]} or so')],
];

describe('refuses at run time, with a code and a remedy:', () => {
  it.each(refused)('%s %s', (code, message, attempt) => {
    expect(attempt).toThrow(IamPolicyError);
    expect(attempt).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
});
