import { join } from 'node:path';
import * as z from 'zod';
import { mainFile, movable, type ConfigSet } from '../config/config-set.ts';
import { diskErrorIn } from '../disk-error.ts';
import { BootstrapError } from '../errors.ts';
import { answerMark } from '../host/conversation.ts';
import type { Host } from '../host/host.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import { temporaryOf } from '../temporary/name.ts';
import { installDirectory, openclawEnvironment } from './gateway-unit.ts';

const issue = z.object({ path: z.string().default(''), message: z.string().default('') });

const inspection = z.object({
  valid: z.boolean(),
  issues: z.array(issue).default([]),
  legacyIssues: z.array(issue).default([]),
  /** As people wrote it, over all files. */
  authored: z.record(z.string(), z.unknown()).optional(),
  /** As the gateway will have it: variables filled in, old forms in their new place. */
  resolved: z.record(z.string(), z.unknown()).optional(),
});

/** Something that OpenClaw has against a config. */
export type ConfigIssue = Readonly<z.infer<typeof issue>>;

/** What the pinned OpenClaw makes of a config. */
export type Inspection = Readonly<z.infer<typeof inspection>>;

export function describeIssues(issues: readonly ConfigIssue[]): string {
  return issues.map(({ path, message }) => `${path || '(root)'}: ${message}`).join('; ');
}

/** Of what they mean, two large configs have most; of more than two at once only validity is asked. */
const answerLimit = 128 * 1024 * 1024;

export interface InspectOptions {
  /** Whether to say what valid configs mean, which takes as much as they do. Default: true. */
  readonly withContent?: boolean;
}

/**
 * Asks the pinned OpenClaw what it makes of configs, all in one start of it: by its own reader, which its gateway uses,
 * too (`openclaw/plugin-sdk/config-mutation`). Its command line says only whether a config is valid, not what is in
 * effect. It reads the state for the schemas of installed plugins and writes nothing to it.
 *
 * @throws BootstrapError `OPENCLAW_UNUSABLE` if it gives no answer; `DISK_FULL`, `DISK_READ_ONLY`
 */
export async function inspectConfigs(
  host: Host,
  spec: PodSpec,
  sets: readonly ConfigSet[],
  { withContent = true }: InspectOptions = {},
): Promise<readonly Inspection[]> {
  const { layout, node, gatewayUser } = host;
  const result = await host.run({
    file: node,
    args: ['--input-type=module', '--eval', program],
    cwd: layout.state,
    input: JSON.stringify({
      install: join(installDirectory(layout, spec.openclaw.version), 'package.json'),
      folder: temporaryOf(join(layout.cache, 'config')),
      main: mainFile,
      withContent,
      sets: sets.map((set) => [...movable(set, layout.state)]),
    }),
    environment: openclawEnvironment(host, spec),
    timeoutSeconds: 180,
    outputLimit: answerLimit,
    ...(gatewayUser === undefined ? {} : { user: gatewayUser }),
  });
  const answer = result.stdout.split(answerMark).at(1);
  if (answer !== undefined) return z.array(inspection).parse(JSON.parse(answer));
  const said = `${result.stderr}\n${result.stdout}`.trim().split('\n').slice(-5).join(' ');
  const full = diskErrorIn(said, layout.cache);
  if (full) throw full;
  throw new BootstrapError(
    'OPENCLAW_UNUSABLE',
    `OpenClaw ${spec.openclaw.version} could not read the config (exit code ${result.exitCode}): ${said}`,
  );
}

/**
 * Runs apart from this program, as the gateway's user, so it is text. The files lie in a folder of their own: nothing in
 * use is touched.
 */
const program = `
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

const { install, folder, main, sets, withContent } = JSON.parse(await text(process.stdin));
const { readConfigFileSnapshotForWrite } = await import(
  pathToFileURL(createRequire(install).resolve('openclaw/plugin-sdk/config-mutation')).href
);
// What OpenClaw says quotes values, and a value may be a secret. Names of keys stay.
function stringsIn(value) {
  if (typeof value === 'string') return value === '' ? [] : [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}
function told({ path = '', message = '' }, config) {
  if (/^Unrecognized key/.test(message)) return { path, message };
  const about = path.split('.').reduce((at, key) => (Object(at) === at && Object.hasOwn(at, key) ? at[key] : at), config);
  const values = stringsIn(about).toSorted((one, other) => other.length - one.length);
  const hidden = values.reduce(
    (text, value) => text.replaceAll('"' + value + '"', '"…"').replaceAll("'" + value + "'", "'…'").replaceAll(value, value.length < 6 ? value : '…'),
    message,
  );
  return { path, message: hidden };
}
async function write(candidate, set) {
  for (const [name, content] of set) {
    const path = join(candidate, name);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, content, { mode: 0o600 });
  }
}
// 2026.9.5 does not tell what people wrote, only what it read: so a variable of ours stands for each reference to one,
// whose value is the reference.
async function withReferencesAsWritten(candidate, set) {
  const references = [];
  const stand = (text) => '\${CLAWHARBOR_REFERENCE_' + (references.push(text) - 1) + '}';
  await write(candidate, set.map(([name, content]) => [name, content.replaceAll(/\\$?\\$\\{[A-Z_][A-Z0-9_]*\\}/g, stand)]));
  references.forEach((text, index) => (process.env['CLAWHARBOR_REFERENCE_' + index] = text));
  const { snapshot } = await readConfigFileSnapshotForWrite({ observe: false });
  // Names of keys are left as they are.
  const read = JSON.stringify(snapshot.sourceConfigBeforeMigrations);
  return JSON.parse(read.replaceAll(/\\$\\{CLAWHARBOR_REFERENCE_(\\d+)\\}/g, (_, index) => references[index]));
}
const answers = [];
for (const [index, set] of sets.entries()) {
  // Whatever OpenClaw remembers of a file, it has not seen this one.
  const candidate = join(folder, String(index));
  try {
    await write(candidate, set);
    process.env.OPENCLAW_CONFIG_PATH = join(candidate, main);
    const { snapshot } = await readConfigFileSnapshotForWrite({ observe: false });
    const { valid, issues, legacyIssues, sourceConfig } = snapshot;
    const asked = valid && withContent;
    const authoredConfig = snapshot.authoredConfig ?? (asked ? await withReferencesAsWritten(candidate, set) : undefined);
    const content = asked ? { authored: authoredConfig, resolved: sourceConfig } : {};
    const hidden = (list) => list.map((issue) => told(issue, sourceConfig ?? authoredConfig ?? {}));
    answers.push({ valid, issues: hidden(issues), legacyIssues: hidden(legacyIssues), ...content });
  } catch (error) {
    // A disk that is full has said nothing about the config.
    if (error.syscall !== undefined) throw error;
    answers.push({ valid: false, issues: [{ path: '', message: error.message }] });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
process.stdout.write(${JSON.stringify(answerMark)} + JSON.stringify(answers) + ${JSON.stringify(answerMark)}, () => process.exit(0));
`;
