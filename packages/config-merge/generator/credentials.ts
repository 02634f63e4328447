import type { Node } from '../src/openclaw/node.ts';
import type { OpenClawFacts } from './facts.ts';

/** Patterns of paths: `*` is any key, `[]` any element. */
export interface Credentials {
  /** A credential stands here. */
  readonly secrets: readonly string[];
  /** Whatever people write stands here, which may be a credential: free keys with free texts, URLs, any value at all. */
  readonly open: readonly string[];
}

/** OpenClaw redacts these too. They say where a credential is, or hold others as well. */
const around = /(file|env|dir|path)$/i;

/** Beyond OpenClaw's own words. */
const alsoSecret = /(passphrase|credentials?|authorization|cookie|signing.?key)$/i;

/** Where a release of OpenClaw takes credentials: what it says itself, and where its schema lets anything stand. */
export function credentialsOf(
  root: Node,
  { sensitive, secretTargets, urls, named }: OpenClawFacts,
): Credentials {
  const words = new Set(named);
  const said = new Set([...sensitive, ...secretTargets].map(anyElement));
  const secrets = new Set<string>();
  const open = new Set<string>();
  const seen = new Set<string>();
  walk(root, '', (node, path) => {
    const name =
      path
        .split('.')
        .findLast((key) => key !== '*')
        ?.replaceAll('[]', '') ?? '';
    seen.add(anyElement(path));
    const text = takesText(node) || isSecretRef(node);
    if (said.has(anyElement(path)) || words.has(name) || alsoSecret.test(name) || isSecretRef(node)) {
      if (text) (around.test(name) || inNamesake(path, words) ? open : secrets).add(path);
      return isSecretRef(node);
    }
    if (
      node === true ||
      (text && path.endsWith('*')) ||
      urls.some((url) => anyElement(url) === anyElement(path))
    ) {
      open.add(path);
    }
    return false;
  });
  // Of plugins that do not come with OpenClaw, it knows where their credentials are and nothing else.
  for (const path of secretTargets) if (!seen.has(anyElement(path))) secrets.add(path);
  return { secrets: outermost([...secrets]), open: outermost([...open]) };
}

/** All of a plugin counts as sensitive when its name has such a word: of `onepassword`, which vault to look into. */
function inNamesake(path: string, words: ReadonlySet<string>): boolean {
  const [plugins, entries, id = '', ...below] = path.split('.');
  return plugins === 'plugins' && entries === 'entries' && words.has(id) && !words.has(below.at(-1) ?? '');
}

/** Hints write an element as `[]` or as `*`. */
function anyElement(path: string): string {
  return path.replaceAll('[]', '.*');
}

/** Visits every place of the tree until `visit` says that nothing below is of interest. */
function walk(node: Node, path: string, visit: (node: Node, path: string) => boolean): void {
  if (visit(node, path) || typeof node !== 'object') return;
  if ('any' in node) for (const branch of node.any) walk(branch, path, visit);
  else if ('all' in node) for (const part of node.all) walk(part, path, visit);
  else if ('items' in node) {
    for (const item of [node.items].flat()) walk(item, `${path}[]`, visit);
  } else if (!('values' in node || 'text' in node || 'number' in node)) {
    for (const [key, below] of Object.entries(node.keys ?? {})) {
      walk(below, path === '' ? key : `${path}.${key}`, visit);
    }
    if (node.free !== undefined) walk(node.free, `${path}.*`, visit);
  }
}

function isSecretRef(node: Node): boolean {
  return (
    typeof node === 'object' && 'keys' in node && node.keys?.['source'] !== undefined && 'id' in node.keys
  );
}

function takesText(node: Node): boolean {
  if (node === 'string' || node === true) return true;
  if (typeof node !== 'object') return false;
  if ('any' in node) return node.any.some(takesText);
  return 'text' in node || ('all' in node && node.all.every(takesText));
}

/** Without those that lie at or below another. */
function outermost(paths: readonly string[]): string[] {
  const steps = paths.map((path) => [path, path.replaceAll('[]', '.[]').split('.')] as const);
  const covers = (outer: string[], inner: string[]) =>
    outer.length <= inner.length && outer.every((step, index) => step === '*' || step === inner[index]);
  return steps
    .filter(([path, inner]) => !steps.some(([other, outer]) => other !== path && covers(outer, inner)))
    .map(([path]) => path)
    .toSorted();
}
