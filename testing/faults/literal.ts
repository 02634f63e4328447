import type { Expression, Node } from 'acorn';

/** What an expression is worth that only literals and constants of the same file make up; undefined for any other. */
export function literal(node: Node | undefined | null, constants: ReadonlyMap<string, Expression>): unknown {
  const expression = node as Expression | undefined | null;
  switch (expression?.type) {
    case 'Literal':
      return expression.value;
    case 'TemplateLiteral':
      return expression.expressions.length === 0 ? expression.quasis[0]?.value.cooked : undefined;
    case 'Identifier':
      return literal(constants.get(expression.name), constants);
    case 'BinaryExpression': {
      const sides = [literal(expression.left, constants), literal(expression.right, constants)];
      return expression.operator === '+' && sides.every((side) => typeof side === 'string')
        ? sides.join('')
        : undefined;
    }
    case 'ArrayExpression':
      return expression.elements.flatMap((element) =>
        element?.type === 'SpreadElement'
          ? (literal(element.argument, constants) as unknown[])
          : [literal(element, constants)],
      );
    case 'ObjectExpression': {
      const entries = expression.properties.flatMap((property): [string, unknown][] => {
        if (property.type === 'SpreadElement')
          return Object.entries(literal(property.argument, constants) ?? {});
        const { key } = property;
        if (property.computed || key.type !== 'Identifier') return [];
        return [[key.name, literal(property.value, constants)]];
      });
      return Object.fromEntries(entries);
    }
    default:
      return undefined;
  }
}
