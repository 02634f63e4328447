import { JsonFile, TextFile, javascript, typescript } from 'projen';
import { compilerOptions } from './compiler.ts';
import { Nx } from './nx.ts';
import * as version from './versions.ts';
import { Workflows } from './workflows.ts';

export interface MonorepoOptions {
  /** Where the files are written. Default: the current directory. */
  readonly outdir?: string;
}

/** The root: one lockfile, one install, and the tasks that a contributor types. */
export class Monorepo extends javascript.NodeProject {
  readonly nx: Nx;

  constructor(options: MonorepoOptions = {}) {
    super({
      ...options,
      name: 'clawharbor',
      description: 'Runs the OpenClaw AI agent gateway on AWS for a team.',
      packageManager: javascript.NodePackageManager.NPM,
      defaultReleaseBranch: 'main',
      projenVersion: version.projen,
      license: 'Apache-2.0',
      copyrightOwner: 'The Clawharbor authors',
      copyrightPeriod: '2026',
      minNodeVersion: '20.0.0',
      // npm 12 runs no install script that is not listed; `node` needs its own to put the binary in place.
      allowScripts: ['node', 'nx', 'esbuild'],
      prettier: true,
      prettierOptions: {
        settings: {
          printWidth: 110,
          singleQuote: true,
          trailingComma: javascript.TrailingComma.ALL,
        },
        ignoreFileOptions: { ignorePatterns: prettierIgnored },
      },
      devDeps: [
        // Node 24 first on the PATH of every task, so that a host with Node 20 will do.
        version.node,
        version.typesNode,
        version.constructs,
        version.typescript,
        version.nx,
        version.acorn,
        version.vite,
        version.vitest,
        version.vitestCoverage,
        version.oxlint,
        version.oxlintTsgolint,
        version.publint,
        version.attw,
        version.changesets,
      ],
      gitignore: ['.nx/', '.clawharbor/', 'coverage/', 'test-reports/', '*.tsbuildinfo', '.DS_Store'],
      autoDetectBin: false,
      buildWorkflow: false,
      release: false,
      depsUpgrade: false,
      github: true,
      githubOptions: { mergify: false, pullRequestLint: false },
      jest: false,
      package: false,
      npmignoreEnabled: false,
      projenrcJs: false,
      pullRequestTemplate: false,
    });
    this.addDevDeps(version.prettier);
    this.package.addField('private', true);
    this.package.addField('type', 'module');
    this.package.addField('workspaces', ['packages/*']);
    this.package.addField('exports', {});
    this.package.addField('main', undefined);
    this.package.addField('publishConfig', undefined);

    new typescript.ProjenrcTs(this, { runner: typescript.TypeScriptRunner.nodejs() });
    this.tryRemoveFile('tsconfig.projen.json');
    new JsonFile(this, 'tsconfig.base.json', { obj: { compilerOptions } });
    new JsonFile(this, 'tsconfig.json', {
      obj: {
        extends: './tsconfig.base.json',
        compilerOptions: { noEmit: true },
        include: ['.projenrc.ts', 'projenrc/**/*.ts', 'testing/**/*.ts', 'test/**/*.ts', 'vitest.config.ts'],
      },
    });
    // oxlint refuses the key that marks a file as generated.
    new JsonFile(this, '.oxlintrc.json', { marker: false, obj: oxlint });
    new TextFile(this, '.nvmrc', { lines: [version.node.split('@')[1]!, ''] });
    new JsonFile(this, '.changeset/config.json', {
      marker: false,
      obj: {
        $schema: 'https://unpkg.com/@changesets/config@3.1.2/schema.json',
        changelog: '@changesets/cli/changelog',
        commit: false,
        access: 'public',
        baseBranch: 'main',
        updateInternalDependencies: 'patch',
        ignore: ['@clawharbor/e2e'],
      },
    });

    const npm = new javascript.NpmConfig(this);
    // npm warns of every tool that wants a newer Node.js than the host's, eight lines each, but tools run on our own.
    // `test/lockfile.test.ts` looks after what does run on the host's.
    npm.addConfig('loglevel', 'error');
    // A command that is not installed is a mistake: npx does not fetch a package of that name from strangers.
    npm.addConfig('yes', 'false');

    this.nx = new Nx(this);
    new Workflows(this);
    this.defineTasks();
  }

  private defineTasks(): void {
    const lint = this.addTask('lint', { description: 'Checks style and finds mistakes, with types' });
    lint.exec('oxlint --type-aware --deny-warnings');
    lint.exec('prettier --check --log-level warn .');
    const format = this.addTask('format', { description: 'Rewrites the sources in the house style' });
    format.exec('oxlint --type-aware --fix');
    format.exec('prettier --write --log-level warn .');
    const typecheck = this.addTask('typecheck', {
      description: 'Type-checks the project definition and all packages',
    });
    typecheck.exec('tsc --noEmit -p tsconfig.json');
    typecheck.exec('nx run-many -t typecheck');

    this.compileTask.reset('nx run-many -t compile');
    this.testTask.reset('nx run-many -t test');
    // After it, because what is published must have been compiled.
    this.testTask.exec('vitest run');
    this.addTask('coverage', {
      description: 'Runs the tests of the packages and holds their floors of coverage',
      exec: 'nx run-many -t coverage',
    });
    this.preCompileTask.reset();
    this.preCompileTask.spawn(lint);
    this.preCompileTask.spawn(typecheck);
    this.postCompileTask.reset();
    this.packageTask.reset();
  }

  /** Adds a task that passes its arguments on, and first runs the nx targets in `after`. */
  command(
    name: string,
    description: string,
    options: { exec: string; cwd?: string; after?: string[] },
  ): void {
    // Packages that have a task of the same name run one after the other.
    const task = this.tasks.tryFind(name) ?? this.addTask(name, { description });
    // stdout belongs to the command: with --json it is read by programs.
    for (const target of options.after ?? []) task.exec(`nx run ${target} --outputStyle=stream 1>&2`);
    // Not through nx, which would buffer the output and swallow the arguments.
    task.exec(options.exec, {
      receiveArgs: true,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
  }
}

const prettierIgnored = [
  'package-lock.json',
  'package.json',
  '**/lib/',
  '**/dist/',
  '**/coverage/',
  '**/cdk.out/',
  '**/artifacts/',
  '**/test-reports/',
  '.clawharbor/',
  '.nx/',
  '.github/workflows/',
  'nx.json',
  'tsconfig*.json',
  '**/tsconfig*.json',
  '.oxlintrc.json',
  '.prettierrc.json',
  '.changeset/config.json',
  '**/package.json',
  'packages/*/vitest.config.ts',
  '.projen/',
  '**/openclaw-release/**/*.json',
  '**/__snapshots__/',
];

const oxlint = {
  plugins: ['typescript', 'unicorn', 'import', 'promise', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error' },
  ignorePatterns: [
    '**/lib/**',
    '**/dist/**',
    '**/cdk.out/**',
    '**/coverage/**',
    '.nx/**',
    '**/.clawharbor/**',
  ],
  rules: {
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'import/no-cycle': 'error',
    'import/no-unassigned-import': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'no-await-in-loop': 'off',
    // A construct is created for what it adds to its scope.
    'no-new': 'off',
    // What is parsed is checked with zod; what remains are answers of test servers and frames of known protocols.
    'typescript/no-unsafe-type-assertion': 'off',
    'import/no-named-as-default-member': 'off',
    // expect takes a message, and the assertions of properties stand in functions.
    'vitest/valid-expect': 'off',
    'vitest/expect-expect': 'off',
    'vitest/no-conditional-expect': 'off',
    'vitest/no-standalone-expect': 'off',
    'vitest/require-to-throw-message': 'off',
  },
};
