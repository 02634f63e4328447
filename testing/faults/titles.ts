import { stripTypeScriptTypes } from 'node:module';
import { parse, type Expression, type Node } from 'acorn';
import { areas, type Area } from './areas.ts';
import { literal } from './literal.ts';

/** A fault, and what happens then: both as the title of the test says it that proves it. */
export interface Fault {
  readonly area: Area;
  readonly what: string;
  readonly outcome: string;
}

/**
 * `fault (AREA): WHAT → OUTCOME`, as the title of a `test` or `it`. A table given to `.each` makes a row each: its
 * values stand in the file, and the title names them as Vitest does, with `$name` or `%s`
 * (https://vitest.dev/api/#test-each).
 */
const grammar = /^fault \(([^)]*)\): (.+) → (.+)$/s;

/** The faults that the tests of a source file prove. @throws Error where a title does not follow the grammar */
export function faultsIn(source: string, file: string): Fault[] {
  if (!/\bfault \(/.test(source)) return [];
  const program = parse(stripTypeScriptTypes(source), {
    ecmaVersion: 'latest',
    sourceType: 'module',
    allowAwaitOutsideFunction: true,
  });
  const constants = new Map<string, Expression>();
  const faults: Fault[] = [];
  walk(program, (node) => {
    if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier' && node.init)
      constants.set(node.id.name, node.init);
    if (node.type !== 'CallExpression' || !isTest(node.callee)) return;
    const title = literal(node.arguments[0], constants);
    if (typeof title !== 'string' || !title.startsWith('fault ')) return;
    const table = tableOf(node.callee);
    const rows = table === undefined ? [[]] : literal(table, constants);
    if (!Array.isArray(rows)) throw new Error(`${file}: the table of "${title}" is not written in the file.`);
    for (const row of rows as unknown[]) faults.push(faultOf(filled(title, row, file), file));
  });
  return faults;
}

function faultOf(title: string, file: string): Fault {
  const [, area, what, outcome] = grammar.exec(title) ?? [];
  if (area === undefined || what === undefined || outcome === undefined)
    throw new Error(`${file}: "${title}" is not of the form "fault (AREA): WHAT → OUTCOME".`);
  if (!Object.hasOwn(areas, area))
    throw new Error(
      `${file}: "${title}" names no area of testing/faults/areas.ts: ${Object.keys(areas).join(', ')}.`,
    );
  return { area: area as Area, what: what.trim(), outcome: outcome.trim() };
}

/** A title of `.each` with the values of a row. */
function filled(title: string, row: unknown, file: string): string {
  const values: unknown[] = Array.isArray(row) ? [...(row as unknown[])] : [row];
  const text = (value: unknown): string => {
    if (typeof value === 'string' || typeof value === 'number') return String(value);
    throw new Error(`${file}: a value in "${title}" is not written in its table.`);
  };
  return title
    .replace(/%[sdi]/g, () => text(values.shift()))
    .replace(/\$([a-z]\w*)/gi, (_, name: string) => text((row as Record<string, unknown>)[name]));
}

/** `test`, `it`, and what is made of them: `test.each(table)`, `it.skipIf(reason)`. */
function isTest(callee: Node): boolean {
  const node = callee as Expression;
  if (node.type === 'Identifier') return node.name === 'test' || node.name === 'it';
  if (node.type === 'MemberExpression') return isTest(node.object);
  return node.type === 'CallExpression' && isTest(node.callee);
}

function tableOf(callee: Node): Node | undefined {
  const node = callee as Expression;
  if (node.type === 'MemberExpression') return tableOf(node.object);
  if (node.type !== 'CallExpression') return undefined;
  const { callee: made } = node;
  const isEach =
    made.type === 'MemberExpression' && made.property.type === 'Identifier' && made.property.name === 'each';
  return isEach ? node.arguments[0] : tableOf(made);
}

function walk(node: Node, visit: (node: Expression | AnyNode) => void): void {
  visit(node as AnyNode);
  for (const value of Object.values(node) as unknown[]) {
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof child === 'object' && child !== null && 'type' in child) walk(child as Node, visit);
    }
  }
}

type AnyNode = import('acorn').AnyNode;
