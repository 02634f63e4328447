import { Component, JsonFile } from 'projen';
import type { Monorepo } from './monorepo.ts';

/** nx runs the packages' tasks: in dependency order, only what changed, and from its cache when nothing did. */
export class Nx extends Component {
  constructor(root: Monorepo) {
    super(root);
    const production = [
      '{projectRoot}/src/**/*',
      '{projectRoot}/package.json',
      '{projectRoot}/tsconfig*.json',
    ];
    const tested = {
      dependsOn: ['compile', '^compile', '^bundle', 'bundle'],
      inputs: ['default', '^production'],
      cache: true,
    };
    new JsonFile(root, 'nx.json', {
      obj: {
        $schema: './node_modules/nx/schemas/nx-schema.json',
        analytics: false,
        tui: { enabled: false },
        defaultBase: 'main',
        // Tests keep all processors busy by themselves; two packages at a time would make them late.
        parallel: 1,
        namedInputs: {
          toolchain: ['{workspaceRoot}/package-lock.json', '{workspaceRoot}/tsconfig.base.json'],
          production: [...production, 'toolchain'],
          default: [
            '{projectRoot}/**/*',
            '!{projectRoot}/lib/**',
            '!{projectRoot}/dist/**',
            '{workspaceRoot}/testing/**/*',
            'toolchain',
          ],
        },
        targetDefaults: {
          compile: {
            dependsOn: ['^compile'],
            inputs: ['production', '^production'],
            outputs: ['{projectRoot}/lib'],
            cache: true,
          },
          typecheck: { inputs: ['default', '^production'], outputs: [], cache: true },
          bundle: {
            inputs: ['production', '^production', '{projectRoot}/build-bundle.ts'],
            outputs: ['{projectRoot}/dist'],
            cache: true,
          },
          test: { ...tested, outputs: ['{projectRoot}/test-reports'] },
          coverage: { ...tested, outputs: ['{projectRoot}/test-reports', '{projectRoot}/coverage'] },
        },
      },
    });
    root.tasks.addEnvironment('NX_DAEMON', 'false');
    root.tasks.addEnvironment('NX_NO_CLOUD', 'true');
  }
}
