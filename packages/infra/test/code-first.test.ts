import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { InfraError } from '../src/index.ts';

const directory = new URL('..', import.meta.url).pathname;

function node(...args: string[]) {
  return spawnSync(
    process.execPath,
    ['--conditions=source', '--disable-warning=ExperimentalWarning', ...args],
    { cwd: directory, encoding: 'utf8' },
  );
}

test.each([['--wings'], ['--outdir'], ['twice']])('synth %s is wrong usage: code first', (argument) => {
  const { status, stdout, stderr } = node('src/bin/synth.ts', argument);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^USAGE: [^\n]*--config FILE[^\n]*\n$/);
});

test('a refusal says its code before anything else, as text and as a stack', () => {
  const error = new InfraError('ADMIN_NOT_A_SUB', 'not a sub');
  expect(String(error)).toBe('ADMIN_NOT_A_SUB: not a sub');
  expect(error.stack).toMatch(/^ADMIN_NOT_A_SUB: not a sub\n {4}at .*code-first\.test/);
});

test('so does an app of the CDK that does not catch it', () => {
  const app = join(mkdtempSync(join(tmpdir(), 'clawharbor-app-')), 'app.mjs');
  const { resolve } = createRequire(import.meta.url);
  writeFileSync(
    app,
    `import { OpenClawPod } from ${JSON.stringify(join(directory, 'src/index.ts'))};
import cdk from ${JSON.stringify(resolve('aws-cdk-lib'))};
import route53 from ${JSON.stringify(resolve('aws-cdk-lib/aws-route53'))};
const stack = new cdk.Stack(new cdk.App(), 'Team', { env: { region: 'eu-central-1' } });
const hostedZone = route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
  hostedZoneId: 'Z0123456789ABCDEFGHIJ',
  zoneName: 'example.com',
});
new OpenClawPod(stack, 'Pod', {
  domain: { hostedZone, names: ['agents.example.com'] },
  openclaw: { admins: ['somebody@example.com'] },
});
`,
  );
  const { status, stderr } = node(app);
  expect(status).toBe(1);
  const [stack] = /^[A-Z][A-Z_]+: .*$/m.exec(stderr) ?? [];
  expect(stack, stderr).toMatch(/^ADMIN_NOT_A_SUB: .*somebody@example\.com/);
  expect(stderr).not.toContain('InfraError:');
});
