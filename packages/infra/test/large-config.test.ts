import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configObjectOf, wholeSpec } from '@clawharbor/bootstrap/spec';
import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { describe, expect, test } from 'vitest';
import { OpenClawPod, podConfigSchema, PodStack, type Template } from '../src/index.ts';
import { bundle, exampleConfig, flatten, resourcesOf, scratch, specOf, theOne } from './example-pod.ts';

/** A team of agents, each bound to a channel of its own. */
function team(size: number) {
  const ids = Array.from({ length: size }, (_, index) => `role-${index}`);
  return {
    agents: {
      ownership: 'explicit',
      entries: Object.fromEntries(
        ['main', ...ids].map((id) => [
          id,
          {
            name: `${id} of the team`,
            workspace: `~/.openclaw/workspaces/${id}`,
            model: {
              primary: 'amazon-bedrock/eu.amazon.nova-2-lite-v1:0',
              fallbacks: ['anthropic/claude-sonnet-5'],
            },
            tools: { profile: 'coding', allow: ['read', 'exec', 'web_fetch'], deny: ['browser'] },
          },
        ]),
      ),
    },
    bindings: ids.map((agentId, index) => ({
      agentId,
      match: { channel: 'slack', peer: { kind: 'channel', id: `C0000000${100 + index}` } },
    })),
  };
}

function deployed(config: object, databases: 'efs' | 'replicated' = 'replicated') {
  const app = new App({
    outdir: scratch(),
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
  });
  const options = podConfigSchema.parse({ ...exampleConfig, openclaw: { config }, storage: { databases } });
  const stack = new PodStack(app, 'Pod', { config: options, bundle });
  const assembly = app.synth();
  const template = assembly.getStackArtifact(stack.artifactId).template as Template;
  const stored = specOf(template) as unknown;
  const object = configObjectOf(stored);
  return {
    template,
    parameter: flatten(theOne(template, 'AWS::SSM::Parameter').properties['Value']),
    stored,
    object,
    /** What the CLI uploads for it. */
    content: () => {
      const manifest = JSON.parse(readFileSync(join(assembly.directory, 'Pod.assets.json'), 'utf8')) as {
        files: Record<
          string,
          { source: { path: string }; destinations: Record<string, { objectKey: string }> }
        >;
      };
      const file = Object.values(manifest.files).find(({ destinations }) =>
        Object.values(destinations).some(({ objectKey }) => objectKey === object?.key),
      );
      return readFileSync(join(assembly.directory, file!.source.path), 'utf8');
    },
  };
}

describe.each([15, 60, 400])('a team of %i agents and a main one', (size) => {
  const config = team(size);
  const pod = deployed(config);

  test('fits into the parameter and what lies beside it', () => {
    expect(Buffer.byteLength(pod.parameter)).toBeLessThan(8192);
    expect(pod.object).toEqual({
      bucket: expect.any(String) as string,
      key: expect.stringMatching(/^[0-9a-f]{64}\.json$/) as string,
      sha256: createHash('sha256').update(pod.content()).digest('hex'),
    });
  });

  test('is put together again to the spec that it would have been', () => {
    const spec = wholeSpec(pod.stored, pod.content(), 'the parameter') as ReturnType<typeof specOf>;
    const small = specOf(deployed({}).template);
    expect(spec).toMatchObject({
      ...small,
      openclaw: { ...small.openclaw, config: expect.anything() as unknown },
    });
    expect(spec.openclaw.config).toMatchObject(config);
    expect(spec.openclaw.config['gateway']).toEqual(small.openclaw.config['gateway']);
  });

  test('may be read by the instance, this object and no other', () => {
    const document = JSON.stringify(
      resourcesOf(pod.template, 'AWS::IAM::Policy').map(
        ([, { Properties }]) => Properties?.['PolicyDocument'],
      ),
    );
    expect(document).toContain(`/${pod.object?.key}`);
    const artifacts = /"Sid":"ReadArtifact"/g;
    expect(document.match(artifacts)).toHaveLength(1);
  });

  test('is named to the instance only when it may read it', () => {
    const { resource } = theOne(pod.template, 'AWS::SSM::Parameter');
    expect(resource.DependsOn).toContain(resourcesOf(pod.template, 'AWS::IAM::Policy')[0]?.[0]);
  });
});

test('another config is another object, and no other launch template', () => {
  const [before, after] = [deployed(team(60)), deployed(team(61))];
  expect(after.object?.key).not.toBe(before.object?.key);
  expect(theOne(after.template, 'AWS::EC2::LaunchTemplate')).toEqual(
    theOne(before.template, 'AWS::EC2::LaunchTemplate'),
  );
});

test('what fits into a parameter stays in it', () => {
  const { object, stored } = deployed(team(1));
  expect(object).toBeUndefined();
  expect(stored).toHaveProperty('apiVersion', 'clawharbor/v1');
});

describe('with values that only the deployment knows', () => {
  const synthesized = (config: (value: string) => object) => {
    const app = new App({
      outdir: scratch(),
      analyticsReporting: false,
      builtinCloudFormationValidation: false,
    });
    const stack = new Stack(app, 'Team', { env: { account: '123456789012', region: 'eu-central-1' } });
    const value = new CfnParameter(stack, 'Value').valueAsString;
    const hostedZone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
      hostedZoneId: 'Z0123456789',
      zoneName: 'example.com',
    });
    new OpenClawPod(stack, 'Pod', {
      bundle,
      domain: { hostedZone, names: ['a.example.com'] },
      openclaw: { config: config(value) },
    });
    return specOf(app.synth().getStackByName('Team').template as Template);
  };

  test('those stay in the parameter, and the rest goes beside it', () => {
    const spec = synthesized((value) => ({ ...team(60), messages: { responsePrefix: value } }));
    expect(spec.openclaw.config).toHaveProperty('messages.responsePrefix', '<Value>');
    expect(spec.openclaw.config).not.toHaveProperty('agents');
    expect(configObjectOf(spec)).toBeDefined();
  });

  test('those are refused where they leave too much in the parameter', () => {
    expect(() =>
      synthesized((value) => ({ messages: { responsePrefix: `${'x'.repeat(8192)} ${value}` } })),
    ).toThrow(expect.objectContaining({ code: 'SPEC_TOO_LARGE' }));
  });
});

test('a large config is checked as a small one', () => {
  const config = { ...team(60), sesion: {} };
  const { error } = podConfigSchema.safeParse({ ...exampleConfig, openclaw: { config } });
  expect(error?.issues[0]).toMatchObject({ params: { code: 'OPENCLAW_CONFIG_INVALID' } });
});
