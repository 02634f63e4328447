import { App, Validations, type CfnResource } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig, podConfigSchema, PodStack, synthesize } from '../src/index.ts';
import { bundle, exampleConfig, scratch } from './example-pod.ts';

const outdir = scratch();
const config = podConfigSchema.parse(exampleConfig);

test('gives the template that the assembly holds', () => {
  const pod = synthesize({ config, bundle, outdir: join(outdir, 'plain') });
  expect(pod).toMatchObject({
    stackName: 'clawharbor-openclaw',
    assemblyDir: join(outdir, 'plain'),
    account: '123456789012',
    region: 'eu-central-1',
  });
  expect(JSON.parse(readFileSync(join(pod.assemblyDir, 'Pod.template.json'), 'utf8'))).toEqual(pod.template);
});

test('asks AWS for nothing', () => {
  const { assemblyDir } = synthesize({ config, bundle, outdir: join(outdir, 'offline') });
  const manifest = JSON.parse(readFileSync(join(assemblyDir, 'manifest.json'), 'utf8')) as {
    missing?: unknown;
  };
  expect(manifest.missing).toBeUndefined();
});

describe('the rules of CloudFormation and of cdk-nag', () => {
  test.for([
    ['the defaults', {}],
    ['an internal pod', { network: { internetFacing: false, natGateways: 1, allowedCidrs: ['10.0.0.0/8'] } }],
    [
      'a strict pod',
      { login: { mfa: 'required' }, logs: { encrypt: true }, machine: { architecture: 'x86_64' } },
    ],
    [
      'a pod that comes back, with a certificate of another account',
      {
        domain: {
          names: ['agents.example.com'],
          certificateArn:
            'arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d-0000-0000-0000-000000000000',
        },
        retainedFrom: {
          fileSystemId: 'fs-0123456789abcdef0',
          userPoolId: 'eu-central-1_AbCdEfGhI',
          secretArn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:pod-AbCdEf',
          keyArn: 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555',
        },
      },
    ],
    [
      'a pod with local models on a pinned image',
      {
        ollama: { version: '0.12.3', sha256: 'a'.repeat(64), models: ['llama3.2:3b'] },
        machine: { imageId: 'ami-0123456789abcdef0', instanceType: 'm8g.xlarge', rootVolumeGiB: 60 },
      },
    ],
  ] as const)('find nothing in %s', ([name, overrides]) => {
    const pod = synthesize({
      config: podConfigSchema.parse({ ...exampleConfig, ...overrides }),
      bundle,
      outdir: join(outdir, name.replaceAll(' ', '-')),
      validate: true,
      plugins: [new AwsSolutionsChecks()],
    });
    expect(Object.keys(pod.template.Resources).length).toBeGreaterThan(50);
  });

  const tampered = (tamper: (stack: PodStack) => void) => {
    const app = new App({
      outdir: mkdtempSync(join(outdir, 'tampered-')),
      context: { '@aws-cdk/core:validateAgainstDefaultRules': true },
    });
    Validations.of(app).addPlugins(new AwsSolutionsChecks());
    tamper(new PodStack(app, 'Pod', { config, bundle }));
    return () => app.synth();
  };

  test('would find a property that does not exist', () => {
    expect(
      tampered(({ pod }) => {
        (pod.autoScalingGroup.node.defaultChild as CfnResource).addPropertyOverride('LifecycleHooks', []);
      }),
    ).toThrow("Additional properties are not allowed ('LifecycleHooks' was unexpected)");
  });

  test('would find a wildcard that nobody gave a reason for', () => {
    expect(
      tampered(({ pod }) => {
        pod.role.addToPolicy(
          new PolicyStatement({ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::*'] }),
        );
      }),
    ).toThrow('AwsSolutions-IAM5[Resource::arn:aws:s3:::*]');
  });
});

test('the example config of this package is a pod', async () => {
  const example = await loadConfig(new URL('../clawharbor.config.ts', import.meta.url).pathname);
  expect(synthesize({ config: example, bundle, outdir: join(outdir, 'example') }).stackName).toBe(
    `clawharbor-${example.name}`,
  );
});
