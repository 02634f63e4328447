import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { podConfigSchema, synthesize } from '@clawharbor/infra';
import { parsePodSpec } from '@clawharbor/bootstrap/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../../src/aws/index.ts';
import {
  autoScalingGroup,
  dnsRecords,
  launchTemplate,
  loadBalancers,
  loadBalancerSubnets,
  resolveTemplate,
  rolePolicies,
  secrets,
  specParameter,
  targetGroups,
  userPool,
  type Stack,
} from '../../src/template/index.ts';

let directory: string;
let stack: Stack;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'synth-'));
  const bundle = join(directory, 'bootstrap.mjs');
  await writeFile(bundle, 'export {};');
  const config = {
    name: 'team',
    account: '111122223333',
    region: 'eu-central-1',
    domain: { hostedZone: { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' }, names: ['team.example.com'] },
    openclaw: { admins: ['6f1c2a34-5b67-4c89-9d01-23456789abcd'] },
    login: {
      groups: ['admins', 'members'],
      identityProviders: [
        {
          type: 'oidc',
          name: 'Corp',
          issuer: 'https://idp.example.com',
          clientId: 'pool',
          clientSecretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:corp-AbCdEf',
          attributes: { groups: 'groups' },
          groups: { everyone: 'members' },
        },
      ],
    },
  };
  const { template, region, account, stackName } = synthesize({
    config: podConfigSchema.parse(config),
    outdir: join(directory, 'out'),
    bundle,
  });
  stack = resolveTemplate(template, { region, account, stackName });
});

afterAll(() => rm(directory, { recursive: true }));

describe('the template that infra makes', () => {
  it('holds a spec that the bootstrap accepts, and that names what is there', () => {
    const spec = parsePodSpec(JSON.parse(specParameter(stack).value), 'the template');
    const { definition } = autoScalingGroup(stack);
    const [launching, terminating] = definition.hooks;
    const [targetGroup] = Object.values(targetGroups(stack));
    expect(spec.lifecycle).toEqual({
      autoScalingGroup: definition.name,
      hook: launching?.name,
      heartbeatSeconds: launching?.heartbeatTimeoutSeconds,
      drainHook: terminating?.name,
      healthCheckSeconds: targetGroup?.['HealthCheckIntervalSeconds'],
    });
    expect(terminating?.name).toBeDefined();
    expect(spec.lifecycle?.healthCheckSeconds).toBeDefined();
    expect(spec.agents).toEqual({ commands: 'apart' });
    const pool = userPool(stack);
    expect(spec.login?.groups?.map(({ name }) => name)).toEqual(pool.groups);
    const [provider] = pool.identityProviders;
    expect(spec.login?.providers).toEqual([
      { name: provider?.['ProviderName'], groups: { everyone: 'members' } },
    ]);
    expect(pool.clients[0]?.properties['SupportedIdentityProviders']).toEqual(['COGNITO', 'Corp']);
    expect(spec.secret?.arn).toBe(secrets(stack)[0]?.arn);
    expect(JSON.stringify(spec.openclaw.config)).toContain(loadBalancerSubnets(stack)[0]?.cidrBlock);
  });

  it('leads a name to a listener that forwards to the target group of the instance', () => {
    const [balancer] = loadBalancers(stack);
    expect(dnsRecords(stack).map(({ name, alias }) => [name, alias])).toContainEqual([
      'team.example.com',
      `dualstack.${balancer?.dnsName}`,
    ]);
    const { targetGroupArns } = autoScalingGroup(stack);
    expect(Object.keys(targetGroups(stack))).toEqual(targetGroupArns);
    const rules = balancer?.listeners.flatMap((listener) => listener.rules);
    expect(JSON.stringify(rules)).toContain(targetGroupArns[0]);
    expect(JSON.stringify(rules)).toContain(userPool(stack).arn);
  });

  it('lets the instance read its spec and its secret, complete its hook, and no more', () => {
    const { roleName, httpTokensRequired, hopLimit } = launchTemplate(stack);
    expect([httpTokensRequired, hopLimit]).toEqual([true, 1]);
    const { documents, awsManaged } = rolePolicies(stack, roleName);
    expect(awsManaged).toEqual([]);
    const may = (action: string, resource: string, context = {}) =>
      evaluate(documents, { action, resource, context });
    const { name } = specParameter(stack);
    const parameterArn = `arn:aws:ssm:eu-central-1:111122223333:parameter${name}`;
    const [secret] = secrets(stack);
    const { definition } = autoScalingGroup(stack);
    const via = {
      'kms:ViaService': 'secretsmanager.eu-central-1.amazonaws.com',
      'kms:EncryptionContext:SecretARN': secret?.arn,
    };
    expect(may('ssm:GetParameter', parameterArn)).toBe('allowed');
    expect(may('ssm:PutParameter', parameterArn)).toBe('implicit-deny');
    expect(may('secretsmanager:GetSecretValue', secret?.arn ?? '')).toBe('allowed');
    expect(may('secretsmanager:PutSecretValue', secret?.arn ?? '')).toBe('implicit-deny');
    expect(may('kms:Decrypt', secret?.kmsKeyArn ?? '', via)).toBe('allowed');
    expect(may('kms:Decrypt', secret?.kmsKeyArn ?? '')).toBe('implicit-deny');
    expect(may('autoscaling:CompleteLifecycleAction', definition.arn)).toBe('allowed');
    expect(may('autoscaling:SetInstanceHealth', definition.arn)).toBe('implicit-deny');
  });
});
