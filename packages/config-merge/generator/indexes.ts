import { generated } from './source.ts';

/** What is generated for every release, and looked up by its version. */
const tables = {
  schemas: { file: 'schema.ts', name: 'definitions' },
  retired: { file: 'retired.ts', name: 'retired' },
  effects: { file: 'effects.ts', name: 'effects' },
  credentials: { file: 'credentials.ts', name: 'credentials' },
} as const;

/**
 * File name below `src/openclaw/` → formatted source of the lookups by version. One file for each table, so that who
 * asks for one does not load the others.
 *
 * @param versions the oldest first
 */
export async function indexes(versions: readonly string[]): Promise<Map<string, string>> {
  const newest = versions.at(-1) ?? '';
  const sources = Object.entries(tables).map(([index, { file, name }]): [string, string] => {
    const imports = versions.map((version) => {
      return `import { ${name} as ${alias(version)} } from '../${version}/${file}';`;
    });
    const entries = versions.map((version) => `'${version}': ${alias(version)},`);
    return [
      `by-release/${index}.ts`,
      `${imports.join('\n')}\n\nexport const ${index} = {\n${entries.join('\n')}\n} as const;`,
    ];
  });
  const all = [
    [
      'by-release/versions.ts',
      `export type { OpenClawConfig } from '../${newest}/config.ts';

      /** The oldest first. */
      export const versions = [${versions.map((version) => `'${version}'`).join(', ')}] as const;`,
    ] as const,
    ...sources,
  ];
  return new Map(
    await Promise.all(
      all.map(
        async ([file, source]) => [file, await generated(source, 'the pinned releases of OpenClaw')] as const,
      ),
    ),
  );
}

function alias(version: string): string {
  return `of_${version.replaceAll('.', '_')}`;
}
