/**
 * What a value of OpenClaw's config may be, in fewer words than JSON Schema: `true` is anything, a number stands for
 * a definition of the same table, a word for a type without conditions.
 */
export type Node =
  true | number | Scalar | ObjectNode | ListNode | ValuesNode | TextNode | NumberNode | AnyNode | AllNode;

export type Scalar = 'string' | 'number' | 'integer' | 'boolean' | 'null';

/** Keys that are neither in `keys` nor allowed by `free` do not exist. */
export interface ObjectNode {
  readonly keys?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  /** What values under any other key may be. */
  readonly free?: Node;
  /** What other keys may be. */
  readonly names?: Node;
}

export interface ListNode {
  /** Of every element, or of each by its place. */
  readonly items: Node | readonly Node[];
  readonly min?: number;
  readonly max?: number;
}

export interface ValuesNode {
  readonly values: readonly (string | number | boolean | null)[];
}

export interface TextNode {
  readonly text: { readonly pattern?: string; readonly min?: number; readonly max?: number };
}

export interface NumberNode {
  readonly number: {
    readonly integer?: true;
    readonly min?: number;
    readonly max?: number;
    readonly above?: number;
    readonly below?: number;
  };
}

/** One of them. */
export interface AnyNode {
  readonly any: readonly Node[];
}

/** Each of them. */
export interface AllNode {
  readonly all: readonly Node[];
}
