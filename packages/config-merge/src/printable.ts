const unprintable = /[\p{C}\u2028\u2029]/gu;

/**
 * Text with every character escaped that a terminal could act on: line breaks, other controls, marks that turn
 * the direction of text. As in JSON, so that text which is JSON stays the same value.
 */
export function printable(text: string): string {
  return text.replaceAll(unprintable, (character) =>
    // A character beyond the first 65,536 is two units, and JSON has an escape for a unit only.
    Array.from({ length: character.length }, (_, at) => escapeUnit(character.charCodeAt(at))).join(''),
  );
}

function escapeUnit(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
