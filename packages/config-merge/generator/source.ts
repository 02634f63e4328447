import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

/** Where the tables are. */
export const tables = fileURLToPath(new URL('../src/openclaw/', import.meta.url));

/** A source as it is written: in the house style, and with a line that says where it is from. */
export async function generated(source: string, origin: string): Promise<string> {
  const style = await resolveConfig(`${tables}any.ts`);
  const header = `// Generated from ${origin} by \`npx projen openclaw:generate\`. Do not edit.\n`;
  return format(header + source, { ...style, parser: 'typescript' });
}
