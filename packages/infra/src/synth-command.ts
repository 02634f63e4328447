import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AwsSolutionsChecks } from 'cdk-nag';
import { loadConfig } from './config-file/load-config.ts';
import { InfraError } from './errors.ts';
import { synthesize } from './synthesize.ts';

try {
  const options = readOptions();
  const config = await loadConfig(options.config);
  const pod = synthesize({
    config,
    outdir: resolve(options.outdir),
    validate: true,
    plugins: [new AwsSolutionsChecks()],
  });
  process.stdout.write(`${pod.stackName} → ${pod.assemblyDir}\n`);
} catch (error) {
  // The errors of every package of ours are named by their code.
  if (!(error instanceof Error && 'code' in error && error.name === error.code)) throw error;
  process.stderr.write(`${error.name}: ${error.message}\n`);
  process.exitCode = 1;
}

/** @throws InfraError `USAGE` */
function readOptions(): { config: string; outdir: string } {
  try {
    return parseArgs({
      options: {
        config: { type: 'string', default: 'clawharbor.config.ts' },
        // The CDK CLI says where it wants the assembly; by hand it lands beside the config.
        outdir: { type: 'string', default: process.env['CDK_OUTDIR'] ?? 'cdk.out' },
      },
    }).values;
  } catch (cause) {
    throw new InfraError(
      'USAGE',
      `${(cause as Error).message.split('\n', 1)[0]} Give --config FILE, --outdir DIRECTORY.`,
      {
        cause,
      },
    );
  }
}
