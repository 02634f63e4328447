import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AwsSolutionsChecks } from 'cdk-nag';
import { loadConfig } from '../config-file/load-config.ts';
import { InfraError } from '../error.ts';
import { synthesize } from '../synthesize.ts';

// The CDK CLI says where it wants the assembly; by hand it lands beside the config.
const { values } = parseArgs({
  options: {
    config: { type: 'string', default: 'clawharbor.config.ts' },
    outdir: { type: 'string', default: process.env['CDK_OUTDIR'] ?? 'cdk.out' },
  },
});
try {
  const config = await loadConfig(values.config);
  const pod = synthesize({
    config,
    outdir: resolve(values.outdir),
    validate: true,
    plugins: [new AwsSolutionsChecks()],
  });
  process.stdout.write(`${pod.stackName} → ${pod.assemblyDir}\n`);
} catch (error) {
  if (!(error instanceof InfraError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = 1;
}
