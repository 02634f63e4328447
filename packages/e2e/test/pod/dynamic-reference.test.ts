import { expect, test } from 'vitest';
import { withoutReferences } from '../../src/pod/dynamic-reference.ts';

const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:team/corp-idp-AbCdEf';
const properties = {
  ProviderName: 'Corp',
  ProviderDetails: { client_id: 'pool', client_secret: `{{resolve:secretsmanager:${arn}:SecretString:::}}` },
  IdpIdentifiers: ['example.com'],
};

test('a secret beside the pod comes from the environment, under its name', () => {
  expect(withoutReferences(properties, { CLAWHARBOR_SECRET_TEAM_CORP_IDP: 'hunter2' })).toEqual({
    ...properties,
    ProviderDetails: { client_id: 'pool', client_secret: 'hunter2' },
  });
});

test.each([{}, { CLAWHARBOR_SECRET_TEAM_CORP_IDP: '' }])(
  'and is asked for where it is not there',
  (environment) => {
    expect(() => withoutReferences(properties, environment)).toThrow(
      expect.objectContaining({
        code: 'SECRET_UNKNOWN',
        message: expect.stringContaining('CLAWHARBOR_SECRET_TEAM_CORP_IDP'),
      }),
    );
  },
);
