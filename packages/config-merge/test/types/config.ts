export interface MyConfig {
  readonly server: { readonly port: number; readonly auth?: { readonly mode: string } };
  readonly regions: Readonly<Record<string, { readonly url: string; readonly tags: readonly string[] }>>;
  readonly hosts: readonly { readonly name: string; readonly weight?: number }[];
  readonly 'log.level': string;
  readonly plugins: unknown;
  readonly tree: Tree;
}

interface Tree {
  readonly label: string;
  readonly left?: Tree;
}
