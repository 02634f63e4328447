/**
 * How systemd 252 reads what we write, from its documentation, so that quoting is checked against the reader and not
 * against itself. The booted container checks the same against the real one.
 */

/** https://www.freedesktop.org/software/systemd/man/252/systemd.syntax.html#Quoting */
export function readWords(line: string): string[] {
  const words: string[] = [];
  let rest = line.trimStart();
  while (rest !== '') {
    let word = '';
    while (rest !== '' && !/^\s/.test(rest)) {
      const quote = rest[0] === '"' || rest[0] === "'" ? rest[0] : undefined;
      if (quote === undefined) {
        [word, rest] = readCharacter(word, rest);
        continue;
      }
      rest = rest.slice(1);
      while (rest[0] !== quote) {
        if (rest === '') throw new Error('unbalanced quoting');
        [word, rest] = readCharacter(word, rest);
      }
      rest = rest.slice(1);
    }
    words.push(expandSpecifiers(word));
    rest = rest.trimStart();
  }
  return words;
}

function readCharacter(word: string, rest: string): [string, string] {
  const next = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  if (next !== '\\') return [word + next, rest.slice(next.length)];
  const escaped = rest[1] ?? '';
  if (!['\\', '"', "'"].includes(escaped)) throw new Error(`escape \\${escaped} is not one we write`);
  return [word + escaped, rest.slice(2)];
}

function expandSpecifiers(word: string): string {
  return word.replaceAll(/%(.?)/gs, (_, specifier: string) => {
    if (specifier !== '%') throw new Error(`specifier %${specifier} would be expanded`);
    return '%';
  });
}

/** https://www.freedesktop.org/software/systemd/man/252/systemd.exec.html#EnvironmentFile= */
export function readEnvironment(text: string): Record<string, string> {
  const variables: Record<string, string> = {};
  let rest = text;
  while (rest !== '') {
    const name = /^([A-Za-z_][A-Za-z0-9_]*)="/.exec(rest);
    if (name === null) throw new Error(`not an assignment: ${JSON.stringify(rest)}`);
    rest = rest.slice(name[0].length);
    let value = '';
    while (!rest.startsWith('"')) {
      const keepsBackslash = rest.startsWith('\\') && !/^\\["\\`$\n]/.test(rest);
      if (rest.startsWith('\\') && !keepsBackslash) {
        value += rest[1] === '\n' ? '' : rest[1];
        rest = rest.slice(2);
      } else {
        value += rest[0];
        rest = rest.slice(1);
      }
    }
    if (!rest.startsWith('"\n')) throw new Error('something follows the value');
    rest = rest.slice(2);
    variables[name[1] ?? ''] = value;
  }
  return variables;
}
