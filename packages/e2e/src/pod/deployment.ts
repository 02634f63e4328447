import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  configObjectOf,
  gatewayPort,
  parsePodSpec,
  wholeSpec,
  type PodSpec,
} from '@clawharbor/bootstrap/spec';
import { loadConfig, synthesize } from '@clawharbor/infra';
import type { Buckets, GroupDefinition, SecretDefinition } from '../aws/index.ts';
import type { PolicyDocument } from '../aws/iam.ts';
import {
  autoScalingGroup,
  buckets,
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
  type BucketResource,
  type Stack,
} from '../template/index.ts';
import type { DataDirectory } from './data-dir.ts';
import { PodError } from './errors.ts';

type Properties = Readonly<Record<string, unknown>>;

/**
 * What the synthesized template says, as if it had been deployed. The local pod has no constants of its own for any of
 * this: a mistake in the template is a mistake of the local pod.
 */
export interface Deployment {
  readonly region: string;
  readonly account: string;
  readonly dnsNames: readonly string[];
  readonly spec: PodSpec;
  /** Name of the SSM parameter that holds the spec. */
  readonly specParameter: string;
  readonly secret: SecretDefinition;
  /** Assets of the assembly, as `cdk deploy` would publish them. */
  readonly buckets: Buckets;
  /** Buckets of the stack, which the pod writes to. */
  readonly ownBuckets: readonly BucketResource[];
  /** The bootstrap among the assets. */
  readonly bundle: string;
  readonly role: { readonly name: string; readonly policies: readonly PolicyDocument[] };
  readonly group: GroupDefinition;
  readonly machine: {
    readonly instanceType: string;
    readonly imageId: string;
    readonly architecture: 'arm64' | 'x86_64';
    readonly userData: string;
  };
  readonly gatewayPort: number;
  readonly loadBalancer: {
    readonly arn: string;
    readonly attributes: unknown;
    readonly listeners: readonly {
      readonly protocol: string;
      readonly properties: Properties;
      readonly rules: readonly Properties[];
    }[];
    /** The one that the Auto Scaling group registers its instances with. */
    readonly targetGroupArn: string;
    readonly targetGroup: Properties;
  };
  readonly userPool: {
    readonly id: string;
    readonly arn: string;
    readonly domain: string;
    readonly properties: Properties;
    readonly clients: Readonly<Record<string, Properties>>;
    /** Providers of others by OpenID Connect. SAML is not played. */
    readonly identityProviders: readonly Properties[];
  };
  /** CIDR blocks of the load balancer's and the instance's first subnet. */
  readonly subnets: { readonly loadBalancer: string; readonly instance: string };
}

/** The pod that runs when no config file is named. */
const exampleConfig = join(
  dirname(fileURLToPath(import.meta.resolve('@clawharbor/infra/package.json'))),
  'clawharbor.config.ts',
);

/** Synthesizes the config and reads everything the local pod needs from the template. */
export async function readDeployment(options: {
  readonly directory: DataDirectory;
  readonly config?: string | undefined;
}): Promise<Deployment> {
  const config = await loadConfig(options.config ?? exampleConfig);
  const { template, stackName, region, account, assemblyDir } = synthesize({
    config,
    outdir: options.directory.assembly,
  });
  const stack = resolveTemplate(template, { region, account, stackName });
  const parameter = specParameter(stack);
  const assets = readAssets(assemblyDir);
  const origin = `the SSM parameter ${parameter.name} of the template`;
  const spec = parsePodSpec(specOf(JSON.parse(parameter.value), assets.buckets, origin), origin);
  const machine = launchTemplate(stack);
  const { definition: group, targetGroupArns, subnets } = autoScalingGroup(stack);
  return {
    region,
    account,
    dnsNames: [...new Set(dnsRecords(stack).map(({ name }) => name))],
    spec,
    specParameter: parameter.name,
    secret: only(secrets(stack), 'secret'),
    ...assets,
    ownBuckets: buckets(stack),
    role: { name: machine.roleName, policies: rolePolicies(stack, machine.roleName).documents },
    group,
    machine: {
      instanceType: machine.instanceType,
      imageId: machine.imageId,
      architecture: config.machine.architecture,
      userData: machine.userData,
    },
    gatewayPort: gatewayPort(spec),
    loadBalancer: readLoadBalancer(stack, only(targetGroupArns, 'target group of the Auto Scaling group')),
    userPool: readUserPool(stack),
    subnets: {
      loadBalancer: first(loadBalancerSubnets(stack), 'subnet of the load balancer').cidrBlock,
      instance: first(subnets, 'subnet of the Auto Scaling group').cidrBlock,
    },
  };
}

function readLoadBalancer(stack: Stack, targetGroupArn: string): Deployment['loadBalancer'] {
  const balancer = only(loadBalancers(stack), 'load balancer');
  const targetGroup = targetGroups(stack)[targetGroupArn];
  if (!targetGroup) throw unexpected(`has no target group ${targetGroupArn}`);
  return {
    arn: balancer.arn,
    attributes: balancer.properties['LoadBalancerAttributes'],
    listeners: balancer.listeners.map(({ properties, rules }) => ({
      protocol: String(properties['Protocol']),
      properties,
      rules,
    })),
    targetGroupArn,
    targetGroup,
  };
}

function readUserPool(stack: Stack): Deployment['userPool'] {
  const { id, arn, domains, properties, clients, identityProviders } = userPool(stack);
  return {
    id,
    arn,
    domain: only(domains, 'domain of the user pool'),
    properties,
    clients: Object.fromEntries(clients.map((client) => [client.id, client.properties])),
    identityProviders: identityProviders.filter(({ ProviderType }) => ProviderType === 'OIDC'),
  };
}

interface AssetManifest {
  readonly files: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path: string };
        readonly destinations: Readonly<
          Record<string, { readonly bucketName: string; readonly objectKey: string }>
        >;
      }
    >
  >;
}

/** With what the parameter could not hold, from the file that would be in the bucket. */
function specOf(stored: unknown, published: Deployment['buckets'], origin: string): unknown {
  const object = configObjectOf(stored);
  if (object === undefined) return stored;
  const file = published[object.bucket]?.[object.key];
  if (file === undefined)
    throw unexpected(`names an object that is no asset: ${object.bucket}/${object.key}`);
  return wholeSpec(stored, readFileSync(file, 'utf8'), origin);
}

/** https://docs.aws.amazon.com/cdk/v2/guide/assets.html */
function readAssets(assemblyDir: string): Pick<Deployment, 'buckets' | 'bundle'> {
  const { artifacts } = JSON.parse(readFileSync(join(assemblyDir, 'manifest.json'), 'utf8')) as {
    artifacts: Record<string, { type: string; properties?: { file?: string } }>;
  };
  const found: Record<string, Record<string, string>> = {};
  for (const { type, properties } of Object.values(artifacts)) {
    if (type !== 'cdk:asset-manifest' || properties?.file === undefined) continue;
    const manifest = JSON.parse(readFileSync(join(assemblyDir, properties.file), 'utf8')) as AssetManifest;
    for (const { source, destinations } of Object.values(manifest.files)) {
      for (const { bucketName, objectKey } of Object.values(destinations)) {
        (found[bucketName] ??= {})[objectKey] = join(assemblyDir, source.path);
      }
    }
  }
  const files = Object.values(found).flatMap((objects) => Object.values(objects));
  return {
    buckets: found,
    bundle: only(
      files.filter((file) => file.endsWith('.mjs')),
      'bootstrap bundle among the assets',
    ),
  };
}

function only<T>(items: readonly T[], what: string): T {
  if (items.length === 1) return items[0]!;
  throw unexpected(`has ${items.length} of what a pod has one of: ${what}`);
}

function first<T>(items: readonly T[], what: string): T {
  if (items.length > 0) return items[0]!;
  throw unexpected(`has no ${what}`);
}

function unexpected(what: string): PodError {
  return new PodError('TEMPLATE_UNEXPECTED', `the template ${what}`);
}
