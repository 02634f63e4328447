import { describe, expect, it } from 'vitest';
import * as kms from '../src/catalogue/kms.ts';
import { document } from '../src/index.ts';
import * as logs from '../src/catalogue/logs.ts';
import { decryptWith, encryptLogs, invokeBedrock } from '../src/intents/index.ts';

const here = { region: 'eu-central-1', account: '111122223333' };

describe('invokeBedrock', () => {
  it('takes the id of a cross-Region profile for its model', () => {
    const byProfile = invokeBedrock({ ...here, scope: ['eu.anthropic.claude-x', 'us-gov.amazon.nova'] });
    const byModel = invokeBedrock({ ...here, scope: ['anthropic.claude-x', 'amazon.nova'] });
    expect(document(byProfile).toJSON()).toEqual(document(byModel).toJSON());
  });

  it('reads every model from its options, also one whose maker begins like a geography', () => {
    const [atHome] = invokeBedrock({ ...here, scope: ['usable.model'] });
    expect(atHome?.content.resources).toEqual([
      'arn:aws:bedrock:eu-central-1:111122223333:inference-profile/*.usable.model',
      'arn:aws:bedrock:eu-central-1::foundation-model/usable.model',
    ]);
  });
});

describe('decryptWith', () => {
  it.each([
    ['aws', 'eu-central-1', ['ssm.eu-central-1.amazonaws.com']],
    ['aws-us-gov', 'us-gov-west-1', ['ssm.us-gov-west-1.amazonaws.com']],
    ['aws-cn', 'cn-north-1', ['ssm.cn-north-1.amazonaws.com.cn']],
    // A Region is of one partition, whatever the token turns out to be.
    ['${Token[AWS.Partition.3]}', 'eu-central-1', ['ssm.eu-central-1.amazonaws.com']],
  ])('names the hosts of the service in %s', (partition, region, hosts) => {
    const key = kms.key({ ...here, partition, region, id: 'k' });
    const { content } = decryptWith(key, { partition, region, via: 'ssm' });
    expect(content.conditions).toEqual({ StringEquals: { 'kms:ViaService': hosts } });
  });
});

describe('encryptLogs', () => {
  const token = '${Token[AWS.Partition.3]}';
  it.each([
    ['aws', 'eu-central-1', 'logs.eu-central-1.amazonaws.com'],
    ['aws-us-gov', 'us-gov-west-1', 'logs.us-gov-west-1.amazonaws.com'],
    ['aws-cn', 'cn-north-1', 'logs.cn-north-1.amazonaws.com.cn'],
    ['aws-cn', '${AWS::Region}', 'logs.${AWS::Region}.amazonaws.com.cn'],
    [token, 'cn-north-1', 'logs.cn-north-1.amazonaws.com.cn'],
    [token, 'eu-central-1', 'logs.eu-central-1.amazonaws.com'],
    ['${AWS::Partition}', '${AWS::Region}', 'logs.${AWS::Region}.${AWS::URLSuffix}'],
  ])('in %s and %s names %s', (partition, region, service) => {
    const logGroup = logs.logGroup({ partition, region, account: here.account, name: '/pod' });
    const { content } = encryptLogs({ partition, region, logGroup });
    expect(content.principals).toEqual([{ type: 'Service', id: service }]);
  });
});
