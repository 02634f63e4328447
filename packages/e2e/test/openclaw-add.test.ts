import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openclawReleases, type OpenClawRelease } from '@clawharbor/bootstrap/spec';
import { describe, expect, test } from 'vitest';
import { compareTables, tablesOf } from '../generator/openclaw/compare.ts';
import { knownReleases, releasesFolder } from '../generator/openclaw/folders.ts';
import { comparePlugins } from '../generator/openclaw/plugins.ts';
import { describe as describeFindings } from '../generator/openclaw/report.ts';
import { credentialVariables, factsSource, listings } from '../generator/openclaw/sources.ts';

describe('what openclaw:add writes is what is there', () => {
  test('of the lists', async () => {
    for (const [file, source] of await listings(knownReleases())) {
      expect(readFileSync(join(releasesFolder, file), 'utf8'), file).toBe(source);
    }
  });

  test.each(Object.values<OpenClawRelease>(openclawReleases))('of the facts of $version', async (facts) => {
    expect(readFileSync(join(releasesFolder, facts.version, 'facts.mts'), 'utf8')).toBe(
      await factsSource(facts),
    );
  });
});

describe('two releases', () => {
  const before = {
    definitions: [
      '{"keys":{"a":{"keys":{"b":"string"}},"list":{"items":1},"self":0}}',
      '{"keys":{"old":"string"}}',
    ],
    effects: { a: 'live' },
    retired: { gone: 'gone.' },
    secrets: ['a.b'],
  };

  test('are compared by what a person would look up', () => {
    const after = {
      definitions: [
        '{"keys":{"a":{"keys":{"b":"string"}},"list":{"items":1},"new":{"keys":{"c":1}}}}',
        '{"keys":{}}',
      ],
      effects: { a: 'live', 'a.b': 'restart', new: 'live' },
      retired: { gone: 'gone.', self: 'self is retired.' },
      secrets: ['a.b', 'new.c'],
    };
    expect(compareTables(before, after)).toEqual({
      // Not new.c: it lies below what is told.
      paths: { came: ['new'], went: ['list[].old', 'self'] },
      retired: { came: ['self'], went: [] },
      secrets: { came: ['new.c'], went: [] },
      effects: ['a.b: live → restart', 'new: restart → live'],
    });
  });

  test('that are one differ in nothing', () => {
    const nothing = { came: [], went: [] };
    expect(compareTables(before, before)).toEqual({
      paths: nothing,
      retired: nothing,
      secrets: nothing,
      effects: [],
    });
  });

  test('that are pinned differ as was measured on them', async () => {
    const { paths, effects } = compareTables(await tablesOf('2026.9.5'), await tablesOf('2026.9.6'));
    expect(paths.came).toContain('session.notifyOnCreate');
    expect(paths.went).toContain('tools.codeMode.runtime');
    expect(effects).toContain('gateway.roles: restart → reconnect');
  });
});

test('the report names what a person must decide', () => {
  const facts: OpenClawRelease = openclawReleases['2026.9.6'];
  const report = describeFindings({
    facts,
    before: openclawReleases['2026.9.5'],
    readySeconds: 8.71,
    packages: 412,
    handovers: [
      { from: '2026.9.5', to: '2026.9.6', readySeconds: 22 },
      {
        from: '2026.9.6',
        to: '2026.9.5',
        exitCode: 78,
        said: 'first\nnewer | than this build\nHelp: openclaw --help',
      },
    ],
    plugins: {
      changed: comparePlugins(
        [
          { id: 'discord', package: '@openclaw/discord' },
          { id: 'moved', package: 'their-own' },
        ],
        [
          { id: 'discord', package: '@openclaw/discord' },
          { id: 'moved', package: '@openclaw/moved' },
        ],
      ),
      pinned: ['discord'],
      notPinned: [{ id: 'moved', why: 'npm error 404' }],
    },
    refusals: ['gateway: Invalid input'],
    unsureVariables: ['NEW_BOT_TOKEN'],
  });
  expect(report).toContain('| schemas | state 17, agent 21 | state 18, agent 23 |');
  expect(report).toContain('| 2026.9.5 | 2026.9.6 | ready after 22.0 s |');
  expect(report).toContain(String.raw`| 2026.9.6 | 2026.9.5 | **exit 78** | newer \| than this build |`);
  expect(report).toContain(
    'Plugins, new:\n\n- `moved (@openclaw/moved)`\n\nPlugins, gone:\n\n- `moved (their-own)`',
  );
  expect(report).toContain('- moved: npm error 404');
  expect(report).toContain('- gateway: Invalid input');
  expect(report).toContain('NEW_BOT_TOKEN');
});

test('variables with credentials are those of providers, and those of channels that somebody picked', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'openclaw-docs-'));
  try {
    await mkdir(join(directory, 'docs/help'), { recursive: true });
    await mkdir(join(directory, 'docs/channels/chat'), { recursive: true });
    const providers = Array.from({ length: 60 }, (_, index) => `\`PROVIDER_${index}_API_KEY\``);
    const page = `### Provider credentials\n\n${providers.join(', ')}\n\n### Logging\n\n\`LOG_TOKEN\`\n`;
    await writeFile(join(directory, 'docs/help/environment.md'), page);
    await writeFile(
      join(directory, 'docs/channels/chat/setup.md'),
      'Set `CHAT_TOKEN`, `CHAT_URL`, `OTHER_TOKEN`.',
    );
    const { variables, unsure } = await credentialVariables(directory, ['CHAT_TOKEN', 'LOST_TOKEN']);
    expect(variables).toHaveLength(61);
    expect(variables).toContain('CHAT_TOKEN');
    expect(variables).not.toContain('LOG_TOKEN');
    expect(unsure).toEqual(['OTHER_TOKEN']);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
