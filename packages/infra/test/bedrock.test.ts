import { describe, expect, test } from 'vitest';
import { decide } from '../../iam-policies/test/evaluator.ts';
import { destinationsOf, geographyOf, nova2Lite, profilesReadOn } from '../src/bedrock-profiles.ts';
import { defaultModel } from '../src/bedrock.ts';
import type { BedrockProps, GatewayProps } from '../src/index.ts';
import { podTemplate, specOf } from './example-pod.ts';
import { account, identityPolicies, region } from './resource-policies.ts';

const home = ['eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-3'];
const lite = 'amazon.nova-2-lite-v1:0';

function podWith(bedrock: BedrockProps, openclaw: GatewayProps = {}) {
  const template = podTemplate({ bedrock, openclaw });
  const policies = identityPolicies(template);
  const may = (resource: string, context: Readonly<Record<string, readonly string[]>> = {}) =>
    decide(policies, { action: 'bedrock:InvokeModel', resource, context }) === 'allow';
  return { template, policies, may, config: specOf(template).openclaw.config };
}
const model = (id: string, where = region) => `arn:aws:bedrock:${where}::foundation-model/${id}`;
const profile = (id: string, where = region) => `arn:aws:bedrock:${where}:${account}:inference-profile/${id}`;
const through = (id: string) => ({ 'bedrock:InferenceProfileArn': [profile(id)] });
const actionsOf = (policies: ReturnType<typeof identityPolicies>) =>
  policies.flatMap(({ Statement }) => Statement.flatMap(({ Action }) => Action));

describe('a pod that says nothing of Bedrock', () => {
  test('may call every model, wherever a profile of the account leads', () => {
    const { may, policies } = podWith({});
    expect(may(model('anthropic.claude-x'))).toBe(true);
    expect(may(model('anthropic.claude-x', 'us-east-1'), through('us.anthropic.claude-x'))).toBe(true);
    expect(actionsOf(policies)).toContain('aws-marketplace:Subscribe');
    expect(actionsOf(policies)).not.toContain('bedrock:ApplyGuardrail');
  });
});

describe('bedrock.models', () => {
  test('are all that the instance may call, with their profiles', () => {
    const { may } = podWith({ models: [lite, 'anthropic.claude-sonnet-*'] });
    expect(may(model(lite))).toBe(true);
    expect(may(profile(`eu.${lite}`))).toBe(true);
    expect(may(model('anthropic.claude-sonnet-9'))).toBe(true);
    expect(may(model('anthropic.claude-opus-9'))).toBe(false);
    expect(may(model('anthropic.claude-opus-9', 'eu-west-1'), through('eu.anthropic.claude-opus-9'))).toBe(
      false,
    );
  });

  test('of Amazon need no Marketplace', () => {
    for (const id of [lite, `eu.${lite}`, 'amazon.*']) {
      expect(actionsOf(podWith({ models: [id] }).policies), id).not.toContain('aws-marketplace:Subscribe');
    }
    expect(actionsOf(podWith({ models: [lite, 'anthropic.*'] }).policies)).toContain(
      'aws-marketplace:Subscribe',
    );
  });

  test.each([
    ['the default model', {}],
    ['the model of the pod', { model: { id: 'eu.anthropic.claude-x' } }],
  ])('without %s are refused', (_, openclaw) => {
    expect(() => podWith({ models: ['amazon.nova-pro-v1:0'] }, openclaw)).toThrow(
      expect.objectContaining({ code: 'MODEL_NOT_ALLOWED' }),
    );
  });
});

describe('bedrock.regions', () => {
  test('are where requests may be routed to', () => {
    const { may } = podWith({ regions: home });
    const by = through(`eu.${lite}`);
    expect(may(model(lite, 'eu-north-1'), by)).toBe(true);
    expect(may(model(lite, 'us-east-1'), by)).toBe(false);
    expect(may(model(lite, ''), through(`global.${lite}`))).toBe(false);
  });

  test('must hold every Region of the profile that is called', () => {
    expect(() => podWith({ regions: home.slice(1) })).toThrow(
      expect.objectContaining({
        code: 'MODEL_NOT_ALLOWED',
        message: expect.stringContaining('eu-central-1') as string,
      }),
    );
    const global = { model: { id: `global.${lite}` } };
    expect(() => podWith({ regions: home }, global)).toThrow(
      expect.objectContaining({ code: 'MODEL_NOT_ALLOWED' }),
    );
    expect(() => podWith({ regions: [...home, 'global'] }, global)).not.toThrow();
  });
});

describe('bedrock.region', () => {
  test('is whose profiles are called, and whose default model there is', () => {
    const { may, config } = podWith({ region: 'us-west-2' });
    expect(config).toMatchObject({
      models: {
        providers: {
          'amazon-bedrock': {
            baseUrl: 'https://bedrock-runtime.us-west-2.amazonaws.com',
            models: [{ id: `us.${lite}` }],
          },
        },
      },
      plugins: { entries: { 'amazon-bedrock': { config: { discovery: { region: 'us-west-2' } } } } },
    });
    expect(may(profile(`us.${lite}`, 'us-west-2'))).toBe(true);
    expect(may(profile(`eu.${lite}`))).toBe(false);
  });
});

describe('bedrock.guardrail', () => {
  const rail = `arn:aws:bedrock:${region}:${account}:guardrail/abc123`;

  test('is sent by OpenClaw, and wanted by IAM', () => {
    const { may, config, policies } = podWith({ guardrail: { id: 'abc123', version: '2' } });
    expect(config).toMatchObject({
      plugins: {
        entries: {
          'amazon-bedrock': {
            config: { guardrail: { guardrailIdentifier: 'abc123', guardrailVersion: '2' } },
          },
        },
      },
    });
    expect(may(profile(`eu.${lite}`))).toBe(false);
    expect(may(profile(`eu.${lite}`), { 'bedrock:GuardrailIdentifier': [`${rail}:2`] })).toBe(true);
    expect(may(profile(`eu.${lite}`), { 'bedrock:GuardrailIdentifier': [`${rail}:1`] })).toBe(false);
    expect(decide(policies, { action: 'bedrock:ApplyGuardrail', resource: rail, context: {} })).toBe('allow');
  });
});

test.each([
  ['BEDROCK_INVALID', { models: ['Claude'] }],
  ['BEDROCK_INVALID', { models: ['*'] }],
  ['PROPS_INVALID', { models: [] }],
  ['REGION_INVALID', { region: 'Frankfurt' }],
  ['REGION_INVALID', { regions: ['everywhere'] }],
  ['BEDROCK_INVALID', { guardrail: { id: 'abc123', version: 'DRAFT' } }],
  ['BEDROCK_INVALID', { guardrail: { id: 'my guardrail', version: '1' } }],
])('%s: %j', (code, bedrock) => {
  expect(() => podTemplate({ bedrock })).toThrow(
    expect.objectContaining({
      issues: expect.arrayContaining([
        expect.objectContaining(code === 'PROPS_INVALID' ? {} : { params: { code } }),
      ]) as unknown,
    }),
  );
});

describe('the table of profiles', () => {
  test('has a date, and every Region reaches itself and leads to sources', () => {
    expect(profilesReadOn).toMatch(/^\d{4}-\d\d-\d\d$/);
    for (const sources of Object.values(nova2Lite)) {
      for (const [source, destinations] of Object.entries(sources)) {
        expect(destinations, source).toContain(source);
        for (const destination of destinations) expect(Object.keys(sources)).toContain(destination);
      }
    }
  });

  test('has a default only where prompts stay in the geography of the Region', () => {
    expect(geographyOf('us-west-1')).toBe('us');
    expect(geographyOf('ap-northeast-3')).toBe('jp');
    for (const where of ['ca-central-1', 'eu-west-2', 'eu-central-2', 'ap-southeast-2', 'us-gov-west-1']) {
      expect(() => defaultModel(where), where).toThrow(
        expect.objectContaining({ code: 'MODEL_UNKNOWN_IN_REGION' }),
      );
    }
  });

  test('says nothing of models that it has not', () => {
    expect(destinationsOf('eu.anthropic.claude-x', 'eu-west-1')).toBeUndefined();
    expect(destinationsOf(lite, 'eu-west-1')).toBeUndefined();
    expect(destinationsOf(`us.${lite}`, 'ca-central-1')).toContain('us-east-1');
  });
});
