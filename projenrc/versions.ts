// One place for what more than one package uses; every version is exact.
// Some `latest` tags are not what they seem: see CONTRIBUTING.md, "Versions".
export const node = 'node@24.21.0';
export const typesNode = '@types/node@24.19.2';
export const projen = '0.103.25';
export const constructs = 'constructs@10.8.1';
export const constructsRange = 'constructs@^10.5.0';
export const typescript = 'typescript@7.0.2';
export const nx = 'nx@23.2.1';
export const vitest = 'vitest@5.1.1';
export const vitestCoverage = '@vitest/coverage-v8@5.1.1';
export const vite = 'vite@8.3.8';
export const oxlint = 'oxlint@1.89.0';
export const oxlintTsgolint = 'oxlint-tsgolint@7.0.2004';
export const prettier = 'prettier@3.10.1';
export const publint = 'publint@0.3.25';
export const attw = '@arethetypeswrong/cli@0.18.5';
export const changesets = '@changesets/cli@3.0.3';
export const esbuild = 'esbuild@0.28.2';
/** Reads the sources of tests and of config files. */
export const acorn = 'acorn@8.19.0';
export const fastCheck = 'fast-check@4.10.2';
export const zod = 'zod@4.6.7';
export const deepmerge = 'deepmerge-ts@8.0.2';
/** 15 wants Node.js 22; the packages run on 20, as CDK apps do. */
export const commander = 'commander@14.0.3';
/** 3.0.0 is an accidental publish that cannot read today's assemblies (aws/aws-cdk#38113). */
export const awsCdk = 'aws-cdk@2.1148.1';
export const cdkLib = 'aws-cdk-lib@2.276.0';
export const cdkRange = 'aws-cdk-lib@^2.276.0';
export const cdkNag = 'cdk-nag@3.0.2';
export const clientAutoScaling = '@aws-sdk/client-auto-scaling@3.1169.0';
export const clientCognito = '@aws-sdk/client-cognito-identity-provider@3.1169.0';
export const clientS3 = '@aws-sdk/client-s3@3.1169.0';
export const libStorage = '@aws-sdk/lib-storage@3.1169.0';
export const clientSecretsManager = '@aws-sdk/client-secrets-manager@3.1163.0';
export const clientSsm = '@aws-sdk/client-ssm@3.1169.0';
/** No dependencies; verifies what a load balancer says of a person. */
export const jwtVerify = 'aws-jwt-verify@5.2.1';
export const signatureV4 = '@smithy/signature-v4@5.7.5';
export const instanceMetadata = '@aws-sdk/ec2-metadata-service@3.1163.0';
