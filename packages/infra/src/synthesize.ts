import { App, Validations, type IPolicyValidationPlugin } from 'aws-cdk-lib';
import type * as cxapi from 'aws-cdk-lib/cx-api';
import { createRequire } from 'node:module';
import { InfraError } from './errors.ts';
import type { PodConfig } from './options/pod-config.ts';
import { PodStack } from './pod-stack.ts';

export interface SynthesizeOptions {
  readonly config: PodConfig;
  /** Directory for the cloud assembly. Default: a temporary one. */
  readonly outdir?: string;
  /** Checks the template with the rules of CloudFormation, about 1.5 s. Default: false. */
  readonly validate?: boolean;
  /** More checks of the template, such as cdk-nag. Default: none. */
  readonly plugins?: readonly IPolicyValidationPlugin[];
  /** See `OpenClawPodProps.bundle`. */
  readonly bundle?: string;
}

/** A resource of a CloudFormation template. */
export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdatePolicy?: Readonly<Record<string, unknown>>;
}

/** A CloudFormation template, as far as it is read here. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default?: string }>>;
}

export interface SynthesizedPod {
  readonly template: Template;
  readonly stackName: string;
  /** Directory of the cloud assembly. */
  readonly assemblyDir: string;
  readonly region: string;
  readonly account: string;
}

const recommendedFlags = createRequire(import.meta.url)(
  'aws-cdk-lib/recommended-feature-flags.json',
) as Record<string, unknown>;

/** Turns a config into a CloudFormation template, in process, without AWS credentials and without a network. */
export function synthesize(options: SynthesizeOptions): SynthesizedPod {
  const { config, outdir, validate = false, plugins = [], bundle } = options;
  const app = new App({
    ...(outdir === undefined ? {} : { outdir }),
    analyticsReporting: false,
    builtinCloudFormationValidation: validate,
    context: { ...recommendedFlags, '@aws-cdk/core:validateAgainstDefaultRules': true },
  });
  Validations.of(app).addPlugins(...plugins);
  const stack = new PodStack(app, 'Pod', { stackName: `clawharbor-${config.name}`, config, bundle });
  const assembly = synth(app);
  return {
    template: assembly.getStackArtifact(stack.artifactId).template as Template,
    stackName: stack.stackName,
    assemblyDir: assembly.directory,
    region: config.region,
    account: config.account,
  };
}

function synth(app: App): cxapi.CloudAssembly {
  try {
    return app.synth();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new InfraError('SYNTH_FAILED', `The template was refused: ${message}`, { cause });
  }
}
