import { openclawVersions } from '@clawharbor/bootstrap/spec';
import { describe, expect, test } from 'vitest';
import { defaultModel } from '../src/bedrock.ts';
import { formFaults } from '../src/extra-faults.ts';
import { openclawConfig, type GatewayDecisions } from '../src/index.ts';
import { podTemplate, specOf } from './example-pod.ts';

const decisions: GatewayDecisions = {
  port: 5173,
  dnsNames: ['openclaw.example.com'],
  trustedProxies: ['10.0.0.0/24'],
  admins: ['6f1c2a34-5b67-4c89-9d01-23456789abcd'],
  members: { scopes: ['operator.read', 'operator.write'], otherSessions: 'none' },
  region: 'eu-central-1',
  model: defaultModel('eu-central-1'),
  ollama: true,
  extra: {},
};

describe.each(openclawVersions)('a pod of OpenClaw %s', (version) => {
  test('decides nothing that the release would refuse', () => {
    expect(formFaults(openclawConfig({ ...decisions, version }), { release: version })).toEqual([]);
  });

  test('decides roles, without which everybody would be an administrator', () => {
    expect(openclawConfig({ ...decisions, version })).toMatchObject({
      gateway: { roles: { default: 'member' } },
    });
  });
});

test('the notice of new sessions is switched off where there is one', () => {
  expect(openclawConfig({ ...decisions, version: '2026.9.6' })).toHaveProperty(
    'session.notifyOnCreate',
    false,
  );
  expect(openclawConfig({ ...decisions, version: '2026.9.5' })).not.toHaveProperty('session');
});

/** In a pod with this release, and what else its owner wants of OpenClaw. */
const specWith = (version: string, config: object = {}) =>
  specOf(podTemplate({ openclaw: { version, config } } as never));

test('the version in the template is the one that was asked for', () => {
  const { openclaw } = specWith('2026.9.5');
  expect(openclaw).toMatchObject({ version: '2026.9.5', config: { gateway: { mode: 'local' } } });
});

describe('what the owner adds is judged by the release that is to run', () => {
  const came = { session: { notifyOnCreate: true } };
  const went = { tools: { codeMode: { languages: ['javascript'] } } };

  test.each([
    ['2026.9.5', went, came],
    ['2026.9.6', { ui: { seamColor: '#336699' } }, went],
  ])('%s', (version, taken, refused) => {
    expect(specWith(version, taken)).toMatchObject({ openclaw: { config: taken } });
    expect(() => specWith(version, refused)).toThrow('OPENCLAW_CONFIG_INVALID');
  });
});
