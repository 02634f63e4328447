import { readFileSync } from 'node:fs';
import { functionsOf } from './modules.ts';

// Runs as a process of its own, with a home of its own: `node validate.ts <directory of the package openclaw> <file>`
// says what `openclaw config validate` says, for a file of many configs: a start of its command line takes seconds.
const [directory = '', file = ''] = process.argv.slice(2);

interface Verdict {
  readonly ok: boolean;
  readonly issues?: readonly { readonly path: string; readonly message: string }[];
}

const validate = await functionsOf(directory).own<(config: object) => Verdict>(
  'io.snapshot-preparation-',
  'validateConfigObjectWithPlugins',
);

function verdict(config: object): string | null {
  try {
    const { ok, issues = [] } = validate(config);
    return ok ? null : issues.map(({ path, message }) => `${path}: ${message}`).join('; ');
  } catch (error) {
    return String(error);
  }
}

const verdicts = (JSON.parse(readFileSync(file, 'utf8')) as object[]).map(verdict);
process.stdout.write(`\n${JSON.stringify(verdicts)}`, () => process.exit(0));
