import * as fc from 'fast-check';
import { isArray, isObject } from '../../src/json.ts';
import type { JsonObject, JsonScalar, JsonValue } from '../../src/index.ts';

/** How a value is written: an endless row of decisions, so that a smaller row is a plainer text. */
export type Dice = (sides: number) => number;

export const dice: fc.Arbitrary<readonly number[]> = fc.array(fc.nat(0xffff), { maxLength: 60 });

export function roll(numbers: readonly number[]): Dice {
  let at = 0;
  // The row is turned over and mixed each time it ends, else a short one repeats itself.
  return (sides) => {
    if (numbers.length === 0) return 0;
    const turn = Math.floor(at / numbers.length);
    const number = (numbers[at % numbers.length] ?? 0) + turn * 7919 * ((at % 13) + 1);
    at++;
    return number % sides;
  };
}

/** A document that says `value`, with everything that JSON5 allows anywhere. */
export function written(value: JsonObject, numbers: readonly number[]): string {
  return new Writer(roll(numbers)).document(value);
}

const manners = ['plain', 'compact', 'byHand', 'commaFirst', 'wild'] as const;
type Manner = (typeof manners)[number];

const wildGaps = [
  '',
  ' ',
  '\n',
  '\r\n',
  '\r',
  '\t',
  '\u00a0',
  '\uFEFF',
  '\u2028',
  '\u2029',
  '\v\f',
  '\n\n',
  ' // of { [ , " \' ] } : \n',
  '// ends with a carriage return\r',
  '// ends with a separator\u2028',
  '/* block */',
  '/* two\n lines */',
  ' /**/ ',
  '/* "unbalanced */',
  '\n// above\n',
  '\n\n  // after a blank line\r\n\r\n',
];
const words = [' ', '/* note */', ' /* a { brace */ ', '// line\n', '\n'];

class Writer {
  readonly #roll: Dice;
  readonly #manner: Manner;
  readonly #newline: string;
  readonly #unit: string;
  readonly #quote: string;
  #notes = 0;

  constructor(roller: Dice) {
    this.#roll = roller;
    this.#manner = this.#one(manners);
    this.#newline = this.#one(['\n', '\r\n', '\n', '\r', '\u2028']);
    this.#unit = this.#one(['  ', '\t', '    ', ' ']);
    this.#quote = this.#one(['"', "'"]);
  }

  document(value: JsonObject): string {
    const mark = this.#roll(8) === 7 ? '\uFEFF' : '';
    if (this.#manner === 'plain')
      return mark + JSON.stringify(value, null, this.#unit) + this.#one(['', '\n']);
    return mark + this.#gap('') + this.#value(value, '') + this.#gap('');
  }

  #one<T>(choices: readonly T[]): T {
    const choice = choices[this.#roll(choices.length)];
    if (choice === undefined) throw new Error('nothing to choose from');
    return choice;
  }

  /** What may stand anywhere. */
  #gap(otherwise: string): string {
    if (this.#manner === 'wild')
      return this.#one(wildGaps) + (this.#roll(3) === 2 ? this.#one(wildGaps) : '');
    return this.#manner !== 'compact' && this.#roll(12) === 11 ? this.#one(words) : otherwise;
  }

  #value(value: JsonValue, indent: string): string {
    if (isArray(value))
      return this.#container(
        '[',
        ']',
        value.map((one) => (inner) => this.#value(one, inner)),
        indent,
      );
    if (isObject(value)) {
      const members = Object.entries(value).flatMap(([key, member]) => {
        const last = (inner: string): string => this.#member(key, member, inner);
        // A key twice: the last counts. Only where it stands beside it, so that order stays what it was.
        const first = (inner: string): string => this.#member(key, this.#one(overruled), inner);
        return this.#manner === 'wild' && this.#roll(10) === 9 ? [first, last] : [last];
      });
      return this.#container('{', '}', members, indent);
    }
    return this.#scalar(value);
  }

  #member(key: string, value: JsonValue, indent: string): string {
    const space = this.#manner === 'compact' ? '' : ' ';
    return `${this.#key(key)}${this.#gap('')}:${this.#gap(space)}${this.#value(value, indent)}`;
  }

  #container(
    open: string,
    close: string,
    members: readonly ((indent: string) => string)[],
    indent: string,
  ): string {
    const inner = indent + this.#unit;
    const trailing = members.length > 0 && this.#roll(2) === 1 ? ',' : '';
    if (this.#manner === 'wild' || this.#manner === 'compact' || this.#roll(4) === 3) {
      const texts = members.map((write) => this.#gap('') + write(indent) + this.#gap(''));
      const space = this.#manner === 'byHand' ? ' ' : '';
      return `${open}${space}${texts.join(`,${space}`)}${trailing}${this.#gap(space)}${close}`;
    }
    if (this.#manner === 'commaFirst') {
      const lines = members.map((write) => write(inner) + this.#note());
      return `${open}${this.#newline}${inner}${lines.join(`${this.#newline}${inner}, `)}${this.#newline}${indent}${close}`;
    }
    const lines = members.map((write, at) => {
      const comma = at < members.length - 1 ? ',' : trailing;
      const blank = this.#roll(5) === 4 ? this.#newline : '';
      const above = this.#roll(4) === 3 ? `// above ${this.#notes++}${this.#newline}${inner}` : '';
      return `${this.#newline}${blank}${inner}${above}${write(inner)}${comma}${this.#note()}`;
    });
    const dangling = this.#roll(6) === 5 ? `${this.#newline}${inner}// dangling` : '';
    return `${open}${this.#note()}${lines.join('')}${dangling}${this.#newline}${indent}${close}`;
  }

  /** Ends a line. */
  #note(): string {
    const note = this.#one(['', '', '', ' // beside', ' /* beside */', ' ']);
    return note === '' ? note : `${note}${note === ' ' ? '' : this.#notes++}`.replace(/\*\/(\d+)$/u, '$1*/');
  }

  #key(key: string): string {
    const canBeBare = /^[\p{L}$_][\p{L}\p{Nd}$_]*$/u.test(key);
    if (this.#manner === 'compact') return this.#string(key);
    if (!canBeBare || this.#roll(4) === 0) return this.#string(key);
    // An escape in a name is one character, and half of one is no letter.
    return this.#roll(8) === 7 && !/[\ud800-\udfff]/.test(key) ? escaped(key) : key;
  }

  #string(text: string): string {
    const quote = this.#manner === 'wild' ? this.#one(['"', "'"]) : this.#quote;
    let body = '';
    for (const unit of text.split('')) {
      const isSpecial = unit === quote || unit === '\\' || /[\n\r\ud800-\udfff]/u.test(unit);
      const chance = this.#roll(16);
      if (isSpecial || chance === 15) body += escaped(unit);
      else if (chance === 14 && this.#manner === 'wild') body += `\\\n${unit}`;
      else body += unit;
    }
    return quote + body + quote;
  }

  #scalar(value: JsonScalar): string {
    if (typeof value === 'string') return this.#string(value);
    if (this.#manner !== 'wild') return JSON.stringify(value);
    // What JSON has no form for is read as null.
    if (value === null) return this.#one(['null', 'null', 'NaN', '-Infinity', '+1e400', 'Infinity', '-NaN']);
    if (typeof value !== 'number') return String(value);
    const forms = [JSON.stringify(value), ...(value >= 0 ? [`+${JSON.stringify(value)}`] : [])];
    if (Number.isSafeInteger(value) && value >= 0) {
      forms.push(`0x${value.toString(16).toUpperCase()}`, `${value}.`, `${value}e0`, `${value}.0`);
      if (value === 0) forms.push('-0', '1e-400');
    }
    if (value > 0 && value < 1 && String(value).startsWith('0.')) forms.push(String(value).slice(1));
    return this.#one(forms);
  }
}

const overruled: readonly JsonValue[] = [
  1,
  'overruled',
  null,
  {},
  [],
  { a: 1, b: [1, { c: 2 }] },
  [[{ id: 'x' }], 'y'],
];

function escaped(text: string): string {
  return text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
