import type { OpenClawRelease } from '../../../bootstrap/src/openclaw-release/release.ts';
import type { Difference, TablesDifference } from './compare.ts';
import type { Handover } from './measure.ts';
import type { PluginFindings } from './plugins.ts';

/** What was found of a release that is added. */
export interface Findings {
  readonly facts: OpenClawRelease;
  readonly before: OpenClawRelease | undefined;
  readonly readySeconds: number;
  readonly packages: number;
  readonly handovers: readonly Handover[];
  /** Absent where pods do not run it. */
  readonly tables?: TablesDifference;
  /** Absent as above. */
  readonly plugins?: PluginFindings;
  /** What it has against the config that the construct decides. */
  readonly refusals: readonly string[];
  /** Names in the pages of channels that may be variables with a credential. */
  readonly unsureVariables: readonly string[];
}

/** As Markdown, for a person who decides whether pods may run the release. */
export function describe(findings: Findings): string {
  const { facts, before, readySeconds, packages, handovers, tables, plugins, refusals, unsureVariables } =
    findings;
  return [
    `# OpenClaw ${facts.version}${before ? ` against ${before.version}` : ''}`,
    facts.notRun === undefined ? '' : `**Pods do not run it: ${facts.notRun}.**`,
    table(
      ['', ...(before ? [before.version] : []), facts.version],
      [
        ['Node.js', ...(before ? [before.node] : []), facts.node],
        ['schemas', ...(before ? [schemas(before)] : []), schemas(facts)],
        ['health checks', ...(before ? [paths(before)] : []), paths(facts)],
        ['ready after', ...(before ? [''] : []), `${readySeconds.toFixed(1)} s`],
        ['packages', ...(before ? [''] : []), String(packages)],
      ],
    ),
    '## A state that another release left',
    table(
      ['of', 'started by', 'what happened', 'in its words'],
      handovers.map(({ from, to, readySeconds: ready, exitCode, said = '' }) => [
        from,
        to,
        ready === undefined ? `**exit ${exitCode ?? 'by force'}**` : `ready after ${ready.toFixed(1)} s`,
        reasonIn(said),
      ]),
    ),
    ...(tables ? describeTables(tables) : []),
    ...(plugins ? describePlugins(plugins) : []),
    '## The config that pods decide',
    refusals.length === 0 ? 'It is taken as it is.' : list(refusals),
    '## To be done by a person',
    list([
      'Read the release notes; judge what came with the new keys above: does a way in open, does somebody see more?',
      ...(unsureVariables.length === 0
        ? []
        : [`Are these of channels, and hold credentials? ${unsureVariables.join(', ')}`]),
      'New pods get the release that `defaultOpenClawVersion` in `openclaw-release.ts` names, until somebody names this one there: do so, and run `npx projen e2e`.',
      '`peopleSchema` in its `facts.mts` makes administrators before their first login: set it to the schema of the state, and run `npx projen e2e roles`. Without it they become administrators after it.',
    ]),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

/** The line that says why, of the last that a gateway printed. */
function reasonIn(said: string): string {
  const lines = said.split('\n');
  const why = lines.find((line) => /newer|refus|migrat|invalid|error|fail/i.test(line)) ?? lines.at(-1)!;
  return why.slice(0, 240);
}

function describeTables({ paths: keys, retired, secrets, effects }: TablesDifference): string[] {
  return [
    '## Config',
    differences('Keys', keys),
    differences('Keys that it calls retired', retired),
    differences('Places of credentials', secrets),
    effects.length === 0
      ? 'A change does what it did.'
      : `A change does something else:\n\n${list(code(effects))}`,
  ];
}

function describePlugins({ changed, pinned, notPinned }: PluginFindings): string[] {
  return [
    '## Plugins that are packages of their own',
    differences('Plugins', changed),
    `Pinned with their lockfiles: ${pinned.length === 0 ? 'none' : pinned.join(', ')}.`,
    ...(notPinned.length === 0
      ? []
      : [
          'Pinned for the release before, and not for this one, so that the first installation decides what they are:',
          list(notPinned.map(({ id, why }) => `${id}: ${why}`)),
        ]),
  ];
}

function differences(what: string, { came, went }: Difference): string {
  if (came.length + went.length === 0) return `${what}: as before.`;
  return [
    ...(came.length > 0 ? [`${what}, new:`, list(code(came))] : []),
    ...(went.length > 0 ? [`${what}, gone:`, list(code(went))] : []),
  ].join('\n\n');
}

const schemas = ({ schemas: { state, agent } }: OpenClawRelease) =>
  `state ${state}, agent ${agent ?? 'none'}`;
const paths = ({ healthCheckPaths }: OpenClawRelease) => healthCheckPaths.join(', ');
const code = (texts: readonly string[]) => texts.map((text) => `\`${text}\``);
const list = (texts: readonly string[]) => texts.map((text) => `- ${text}`).join('\n');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
