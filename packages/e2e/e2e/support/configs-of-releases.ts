import { expect } from 'vitest';
import { type OpenClawMachine, read, run, specWith } from './openclaw-host.ts';

/**
 * A config of each of four releases, in the forms that their own documentation shows (`docs/gateway/configuration*.md`,
 * `config-agents.md`, `config-channels.md` in the npm package of the release named). Release 2026.9.6 has retired them.
 */
export const configsOfReleases = [
  {
    release: '2026.5.28',
    text: `{
  // a team of two
  agents: {
    defaults: {
      memorySearch: { enabled: false },
      maxConcurrent: 3,
      heartbeat: { every: '0m', ackMaxChars: 200 },
    },
    list: [
      { id: 'main', default: true, identity: { name: 'Desk' } },
      { id: 'docs', workspace: '~/.openclaw/workspace-docs' },
    ],
  },
  messages: { ackReactionScope: 'group-mentions', groupChat: { historyLimit: 20 } },
  session: { scope: 'per-sender', idleMinutes: 45 },
}
`,
  },
  {
    release: '2026.6.35',
    text: `{
  agents: {
    defaults: { typingIntervalSeconds: 4, mediaMaxMb: 6, memorySearch: { enabled: false } },
    list: [{ id: 'main' }], // one of us
  },
  messages: { messagePrefix: '[desk]', queue: { mode: 'followup', debounceMs: 400, cap: 12 } },
  session: { reset: { mode: 'idle', idleMinutes: 120 }, typingIntervalSeconds: 5 },
}
`,
  },
  {
    release: '2026.7.35',
    text: `{
  "meta": { "lastTouchedVersion": "2026.7.35", "lastTouchedAt": "2026-08-14T09:30:00.000Z" },
  "agents": {
    "defaults": { "memorySearch": { "enabled": false } },
    "list": [{ "id": "main", "default": true }]
  },
  "gateway": { "nodes": { "denyCommands": ["screen.record"] } },
  "messages": { "tts": { "auto": "off" } },
  "commands": { "useAccessGroups": true },
  "session": { "idleMinutes": 30 }
}
`,
  },
  {
    release: '2026.8.2',
    text: `{
  agents: {
    entries: { main: { default: true }, docs: { workspace: '~/.openclaw/workspace-docs' } },
  },
  memory: { search: { enabled: false } },
  session: { reset: { mode: 'daily', atHour: 5 } }, // before anybody is up
}
`,
  },
] as const;

/** Brings up a pod on a config: nothing of it is refused, what is retired is migrated, and what people wrote stays. */
export async function expectTaken(
  machine: OpenClawMachine,
  { release, text }: (typeof configsOfReleases)[number],
): Promise<void> {
  const host = await machine.withConfig({ 'openclaw.json': text });
  const report = await run(host, await specWith());
  expect(report.outcome).toBe('ready');
  const merge = report.steps.find(({ name }) => name === 'merge-config');
  // 2026.8.2 has no form any more that 2026.9.6 has not.
  expect(merge?.warnings.map(({ code }) => code)).toEqual(release === '2026.8.2' ? [] : ['CONFIG_MIGRATED']);
  const after = await read(host, 'openclaw.json');
  for (const comment of text.match(/\/\/ .*/g) ?? []) {
    // The comment of a part that moved goes with it.
    if (comment !== '// one of us') expect(after).toContain(comment);
  }
  await host.close();
}
