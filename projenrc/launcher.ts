import { TextFile, type Project } from 'projen';

export interface CommandOptions {
  /** Module below `src/` that it runs, without extension. */
  readonly program: string;
  /** Oldest Node.js that runs it from npm. */
  readonly minNodeVersion: string;
}

/**
 * What the link of a command leads to: a file that is there before anything is compiled, because npm makes no link to
 * one that is not, and npx asks the registry for a package of that name.
 */
export class Launcher extends TextFile {
  /** As people type it. */
  readonly command: string;

  constructor(project: Project, command: string, { program, minNodeVersion }: CommandOptions) {
    const [major, minor] = minNodeVersion.split('.');
    super(project, `bin/${command}.mjs`, { executable: true });
    this.command = command;
    for (const line of [
      '#!/usr/bin/env node',
      `// ${this.marker}`,
      `import { existsSync } from 'node:fs';`,
      '',
      '// Not shipped: in a clone the sources run, because what was compiled there may be of yesterday.',
      `if (existsSync(new URL('../tsconfig.build.json', import.meta.url))) {`,
      `  const { runSources } = await import('../../../bin/run-sources.mjs');`,
      `  await runSources(import.meta.url, '../src/${program}.ts');`,
      '} else {',
      `  const [major, minor] = process.versions.node.split('.').map(Number);`,
      `  if (major > ${major} || (major === ${major} && minor >= ${minor})) {`,
      `    await import('../lib/${program}.js');`,
      '  } else {',
      '    process.stderr.write(',
      `      \`NODE_TOO_OLD ${command} needs Node.js ${minNodeVersion} or newer; this is \${process.versions.node}\\n\`,`,
      '    );',
      '    process.exitCode = 1;',
      '  }',
      '}',
      '',
    ]) {
      this.addLine(line);
    }
  }
}
