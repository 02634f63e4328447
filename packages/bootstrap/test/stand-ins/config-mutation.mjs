// OpenClaw's own config reader as far as the bootstrap asks it: what is valid here is what has no key `bogus` (people's or
// the spec's), no `quoted` one, and no `retired` one, which the gateway migrates.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

function* keysNamed(name, value, path = []) {
  if (!isObject(value)) return;
  for (const [key, member] of Object.entries(value)) {
    if (key === name) yield path.join('.');
    yield* keysNamed(name, member, [...path, key]);
  }
}

function join2(under, over) {
  if (Array.isArray(under) && Array.isArray(over)) return [...under, ...over];
  if (!isObject(under) || !isObject(over)) return over;
  const all = { ...under };
  for (const [key, value] of Object.entries(over)) all[key] = key in under ? join2(under[key], value) : value;
  return all;
}

// The tests write JSON with comments at the end of a line.
const parse = (text) => JSON.parse(text.replaceAll(/(^|\s)\/\/ .*$/gm, '').replaceAll(/,(\s*[}\]])/g, '$1'));

function read(file) {
  const include = (value, folder) => {
    if (!isObject(value)) return value;
    const { $include, ...rest } = value;
    const own = Object.fromEntries(
      Object.entries(rest).map(([key, member]) => [key, include(member, folder)]),
    );
    return $include === undefined ? own : join2(read(join(folder, $include)), own);
  };
  return include(parse(readFileSync(file, 'utf8')), dirname(file));
}

export async function readConfigFileSnapshotForWrite() {
  // Long enough for a test to stop it.
  if (/"test":\s*"ponder"/.test(readFileSync(process.env.OPENCLAW_CONFIG_PATH, 'utf8')))
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  try {
    const authoredConfig = read(process.env.OPENCLAW_CONFIG_PATH);
    const unknown = ['bogus', 'retired'].flatMap((key) =>
      [...keysNamed(key, authoredConfig)].map((path) => ({ path, message: `Unrecognized key: "${key}"` })),
    );
    for (const path of keysNamed('quoted', authoredConfig)) {
      const value = path.split('.').reduce((at, key) => at[key], authoredConfig).quoted;
      unknown.push({ path: `${path}.quoted`, message: `"${value}" is no value that OpenClaw knows` });
    }
    const legacyIssues = [...keysNamed('retired', authoredConfig)].map((path) => ({
      path,
      message: 'retired',
    }));
    const valid = unknown.length === 0;
    return {
      snapshot: { valid, issues: unknown, legacyIssues, authoredConfig, sourceConfig: authoredConfig },
    };
  } catch (error) {
    return { snapshot: { valid: false, issues: [{ path: '', message: error.message }], legacyIssues: [] } };
  }
}
