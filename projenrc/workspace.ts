import { relative } from 'node:path';
import { JsonFile, ProjenrcFile, TextFile, javascript } from 'projen';
import { Launcher } from './launcher.ts';
import type { Monorepo } from './monorepo.ts';

export interface WorkspaceOptions {
  /** Folder below `packages/`, and the name in the npm scope `@clawharbor`. */
  readonly name: string;
  readonly description: string;
  readonly deps?: string[];
  readonly devDeps?: string[];
  readonly peerDeps?: string[];
  readonly optionalPeerDeps?: string[];
  /** Packages of this repository that this one imports. Dependencies point down only: see DESIGN in docs/. */
  readonly workspaceDeps?: Workspace[];
  /** Oldest Node that runs the compiled package. Default: 20.19.0, the first that gives CommonJS the ES modules it asks for. */
  readonly minNodeVersion?: string;
  /** Never published. Default: false. */
  readonly private?: boolean;
  /** Commands by name. A program is a module below `src/`, without extension; by default it runs where the package does. */
  readonly bin?: Record<string, { program: string; minNodeVersion?: string }>;
  /** Entries besides the main one: subpath → module below `src/`, without extension. */
  readonly exports?: Record<string, string>;
  /** Shipped besides `lib/` and `src/`. */
  readonly files?: string[];
  /** Floor of line coverage, in percent. */
  readonly coverage: number;
  /** Whether its tests start programs, which may miss a limit of time on a busy machine. */
  readonly testsStartPrograms?: boolean;
}

/** What Node.js 20 has not does not compile. */
const node20 = { target: 'ES2023', lib: ['ES2023', 'ES2024.String', 'ESNext.Disposable'] };

/** A package of the monorepo. The root resolves and installs its dependencies: one lockfile, one install. */
export class Workspace extends javascript.NodeProject {
  readonly monorepo: Monorepo;
  readonly directory: string;
  bundleTarget = '';

  constructor(root: Monorepo, options: WorkspaceOptions) {
    const directory = `packages/${options.name}`;
    const minNodeVersion = options.minNodeVersion ?? '20.19.0';
    super({
      parent: root,
      outdir: directory,
      name: `@clawharbor/${options.name}`,
      description: options.description,
      packageManager: javascript.NodePackageManager.NPM,
      defaultReleaseBranch: 'main',
      license: 'Apache-2.0',
      copyrightOwner: 'The Clawharbor authors',
      copyrightPeriod: '2026',
      repository: 'https://github.com/clawharbor/clawharbor.git',
      repositoryDirectory: directory,
      minNodeVersion: minNodeVersion,
      deps: [...(options.deps ?? []), ...(options.workspaceDeps ?? []).map((dep) => dep.reference)],
      devDeps: options.devDeps ?? [],
      peerDeps: [...(options.peerDeps ?? []), ...(options.optionalPeerDeps ?? [])],
      peerDependencyOptions: { pinnedDevDependency: false },
      autoDetectBin: false,
      entrypoint: '',
      gitignore: [
        '/lib/',
        '/dist/',
        '/coverage/',
        '/test-reports/',
        '/cdk.out/',
        '/artifacts/',
        '/.clawharbor/',
      ],
      npmignoreEnabled: false,
      jest: false,
      package: false,
      projenrcJs: false,
      pullRequestTemplate: false,
    });
    this.monorepo = root;
    this.directory = directory;
    this.leaveInstallingToTheRoot();
    new RootProjenrc(this);

    this.package.addField('type', 'module');
    const launchers = Object.entries(options.bin ?? {}).map(
      ([command, program]) => new Launcher(this, command, { minNodeVersion, ...program }),
    );
    for (const { command, path } of launchers) this.package.addBin({ [command]: path });
    this.package.addField('files', [
      ...(launchers.length > 0 ? ['bin'] : []),
      'lib',
      'src',
      ...(options.files ?? []),
    ]);
    this.package.addField('exports', exportsField({ '.': 'index', ...options.exports }));
    this.package.addField('types', './lib/index.d.ts');
    this.package.addField('sideEffects', false);
    if (options.private) this.package.addField('private', true);
    else this.package.addField('publishConfig', { access: 'public', provenance: true });
    if (options.optionalPeerDeps) {
      this.package.addField(
        'peerDependenciesMeta',
        Object.fromEntries(
          options.optionalPeerDeps.map((dep) => [dep.slice(0, dep.lastIndexOf('@')), { optional: true }]),
        ),
      );
    }

    new JsonFile(this, 'tsconfig.json', {
      obj: {
        extends: '../../tsconfig.base.json',
        // Other packages are read as sources: nothing needs to be compiled before it can be checked.
        compilerOptions: { noEmit: true, customConditions: ['source'] },
        include: ['src', 'test', 'e2e', 'faults', 'bench', 'examples', 'generator', '*.ts'],
        exclude: ['test/**/*.should-not-compile.ts'],
      },
    });
    new JsonFile(this, 'tsconfig.build.json', {
      obj: {
        extends: '../../tsconfig.base.json',
        compilerOptions: {
          rootDir: 'src',
          outDir: 'lib',
          declaration: true,
          sourceMap: true,
          ...(minNodeVersion.startsWith('20.') ? node20 : {}),
        },
        include: ['src'],
      },
    });
    const vitest = new TextFile(this, 'vitest.config.ts');
    for (const line of [
      `// ${vitest.marker}`,
      `import { unitTests } from '../../testing/unit-tests.ts';`,
      '',
      `export default unitTests({ coverage: ${options.coverage}${options.testsStartPrograms ? ', startsPrograms: true' : ''} });`,
      '',
    ]) {
      vitest.addLine(line);
    }

    this.compileTask.reset('rm -rf lib');
    this.compileTask.exec('tsc -p tsconfig.build.json');
    this.addTask('typecheck', { description: 'Type-checks sources and tests', exec: 'tsc -p tsconfig.json' });
    this.testTask.reset('vitest run', { receiveArgs: true });
    this.addTask('coverage', {
      description: 'Runs the tests and holds the floor of coverage',
      exec: 'vitest run --coverage',
    });
    this.packageTask.reset();
  }

  /** How another package depends on this one. */
  get reference(): string {
    return `${this.package.packageName}@^${this.package.manifest.version}`;
  }

  /** Bundles a program into one file that needs nothing but Node. @param script bundles it when it is run */
  bundle(script: string): void {
    this.bundleTarget = `${this.package.packageName}:bundle`;
    this.addTask('bundle', { description: 'Bundles the program into one file', exec: `node ${script}` });
  }

  /** Adds a task here, and a command of the same name at the root that first runs the nx targets in `after`. */
  task(
    name: string,
    description: string,
    options: { exec: string; receiveArgs?: boolean; after?: string[] },
  ): void {
    this.addTask(name, { description, exec: options.exec, receiveArgs: options.receiveArgs ?? false });
    this.monorepo.command(name, description, {
      exec: `projen ${name}`,
      cwd: this.directory,
      after: options.after ?? [],
    });
  }

  /**
   * projen installs once per project. These two private methods of its NodePackage are the seam that turns
   * this off; `test/projenrc.test.ts` fails when a new projen renames them.
   */
  private leaveInstallingToTheRoot(): void {
    const seam = this.package as unknown as {
      resolveDepsAndWritePackageJson: () => unknown[];
      installDependencies: () => void;
    };
    seam.resolveDepsAndWritePackageJson = () => [];
    seam.installDependencies = () => {};
    this.deps.removeDependency('projen');
    this.defaultTask?.reset('projen default', { cwd: relative(this.outdir, this.monorepo.outdir) });
  }
}

/** Lets the markers in generated files name the file that generates them. */
class RootProjenrc extends ProjenrcFile {
  readonly filePath = '../../.projenrc.ts';
}

function exportsField(entries: Record<string, string>): Record<string, unknown> {
  return {
    ...Object.fromEntries(
      Object.entries(entries).map(([subpath, module]) => [
        subpath,
        { source: `./src/${module}.ts`, types: `./lib/${module}.d.ts`, default: `./lib/${module}.js` },
      ]),
    ),
    './package.json': './package.json',
  };
}
