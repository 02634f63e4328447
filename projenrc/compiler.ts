/** Compiler flags of every package. `tsc` is TypeScript 7; Node runs the sources as they are, so syntax must be erasable. */
export const compilerOptions = {
  target: 'ES2024',
  lib: ['ES2024', 'ESNext.Disposable'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noFallthroughCasesInSwitch: true,
  noPropertyAccessFromIndexSignature: false,
  erasableSyntaxOnly: true,
  isolatedModules: true,
  rewriteRelativeImportExtensions: true,
  resolveJsonModule: true,
  forceConsistentCasingInFileNames: true,
  // aws-cdk-lib and vitest ship declarations that do not pass these flags.
  skipLibCheck: true,
};
