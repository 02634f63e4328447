import {
  parse,
  parseExpressionAt,
  type ArrayExpression,
  type Expression,
  type ObjectExpression,
  type Position,
  type Program,
} from 'acorn';
import * as nodeModule from 'node:module';
import { extname } from 'node:path';

const options = { ecmaVersion: 'latest', sourceType: 'module', locations: true } as const;

interface Place {
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** Where in a config file a value stands: `file:line:column`, as editors and terminals take it. */
export class SourceFile {
  readonly path: string;
  readonly text: string;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
  }

  /** Place of the value at `path`, or of the closest object around it that is written out in the file. */
  locate(path: readonly PropertyKey[]): string {
    const program = this.#parse();
    const find = (name: string) => (program ? constant(program, name) : undefined);
    let value = program ? unwrap(defaultExport(program), find) : this.#json();
    let place = placeOf(value?.loc?.start);
    for (const part of path) {
      const entry = entryOf(value, part, find);
      if (!entry) break;
      place = placeOf(entry.at);
      value = unwrap(entry.value, find);
    }
    return this.at(place);
  }

  /** Place of an error that was thrown while the file was read or run. */
  locateError(error: unknown): string {
    if (!(error instanceof Error)) return this.at(undefined);
    return this.at(this.#syntaxError() ?? frameIn(this.path, error.stack) ?? lineInMessage(error.message));
  }

  at(place: Place | undefined): string {
    return `${this.path}:${place?.line ?? 1}:${place?.column ?? 1}`;
  }

  #parse(): Program | undefined {
    if (extname(this.path) === '.json') return undefined;
    // Types become blanks, so that positions stay.
    return parse(/\.m?ts$/.test(this.path) ? nodeModule.stripTypeScriptTypes(this.text) : this.text, options);
  }

  #json(): Expression {
    return parseExpressionAt(this.text, 0, options);
  }

  /** The runtime names no place for a file that it cannot parse, or only in a form for people. */
  #syntaxError(): Place | undefined {
    try {
      this.#parse();
      return undefined;
    } catch (error) {
      const { loc, stack = '' } = error as Error & { loc?: Position };
      return loc ? placeOf(loc) : caretIn(stack);
    }
  }
}

function placeOf(position: Position | undefined): Place | undefined {
  return position && { line: position.line, column: position.column + 1 };
}

/** `stripTypeScriptTypes` shows the line's number first, then the line, then a caret below it. */
function caretIn(stack: string): Place | undefined {
  const line = /^:(\d+)\n/.exec(stack)?.[1];
  const caret = stack.split('\n').find((text) => /^\s*\^+$/.test(text));
  return line === undefined ? undefined : { line: Number(line), column: (caret ?? '^').indexOf('^') + 1 };
}

function frameIn(path: string, stack = ''): Place | undefined {
  const frame = stack.split('\n').find((text) => text.includes(path));
  const [, line, column] = /:(\d+):(\d+)\)?$/.exec(frame ?? '') ?? [];
  return line === undefined ? undefined : { line: Number(line), column: Number(column) };
}

/** As `JSON.parse` says it. */
function lineInMessage(message: string): Place | undefined {
  const [, line, column] = /line (\d+) column (\d+)/.exec(message) ?? [];
  return line === undefined ? undefined : { line: Number(line), column: Number(column) };
}

type Find = (name: string) => Expression | undefined;

function defaultExport({ body }: Program): Expression | undefined {
  for (const statement of body) {
    if (statement.type === 'ExportDefaultDeclaration' && statement.declaration.type.endsWith('Expression')) {
      return statement.declaration as Expression;
    }
    if (statement.type === 'ExportDefaultDeclaration' && statement.declaration.type === 'Identifier') {
      return statement.declaration;
    }
  }
  return undefined;
}

function constant({ body }: Program, name: string): Expression | undefined {
  for (const statement of body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declaration?.type !== 'VariableDeclaration') continue;
    const found = declaration.declarations.find(({ id }) => id.type === 'Identifier' && id.name === name);
    if (found) return found.init ?? undefined;
  }
  return undefined;
}

/** The object behind `defineConfig(...)`, parentheses, and names of constants in the same file. */
function unwrap(node: Expression | undefined, find: Find): Expression | undefined {
  if (node?.type === 'CallExpression') {
    const [first] = node.arguments;
    return first && first.type !== 'SpreadElement' ? unwrap(first, find) : undefined;
  }
  return node?.type === 'Identifier' ? find(node.name) : node;
}

interface Entry {
  readonly at: Position | undefined;
  readonly value: Expression | undefined;
}

function entryOf(node: Expression | undefined, part: PropertyKey, find: Find): Entry | undefined {
  if (node?.type === 'ObjectExpression') return propertyOf(node, part, find);
  if (node?.type === 'ArrayExpression') return elementOf(node, part);
  return undefined;
}

/** As it counts: the last of several, and what `...constant` brings along. */
function propertyOf({ properties }: ObjectExpression, name: PropertyKey, find: Find): Entry | undefined {
  for (const property of properties.toReversed()) {
    if (property.type === 'SpreadElement') {
      const spread = entryOf(unwrap(property.argument, find), name, find);
      if (spread) return spread;
      continue;
    }
    if (property.computed) continue;
    const { key } = property;
    const written =
      key.type === 'Identifier' ? key.name : key.type === 'Literal' ? String(key.value) : undefined;
    if (written === String(name)) return { at: key.loc?.start, value: property.value };
  }
  return undefined;
}

function elementOf({ elements }: ArrayExpression, index: PropertyKey): Entry | undefined {
  const element = elements[Number(index)];
  return element && element.type !== 'SpreadElement' ? { at: element.loc?.start, value: element } : undefined;
}
