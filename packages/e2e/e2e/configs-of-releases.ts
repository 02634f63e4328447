/**
 * A config of each of four releases, in the forms that their own documentation shows (`docs/gateway/configuration*.md`,
 * `config-agents.md`, `config-channels.md` in the npm package of the release named). Release 2026.9.6 has retired them.
 */
export const configsOfReleases: Readonly<Record<string, string>> = {
  '2026.5.28': `{
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
  '2026.6.35': `{
  agents: {
    defaults: { typingIntervalSeconds: 4, mediaMaxMb: 6, memorySearch: { enabled: false } },
    list: [{ id: 'main' }], // one of us
  },
  messages: { messagePrefix: '[desk]', queue: { mode: 'followup', debounceMs: 400, cap: 12 } },
  session: { reset: { mode: 'idle', idleMinutes: 120 }, typingIntervalSeconds: 5 },
}
`,
  '2026.7.35': `{
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
  '2026.8.2': `{
  agents: {
    entries: { main: { default: true }, docs: { workspace: '~/.openclaw/workspace-docs' } },
  },
  memory: { search: { enabled: false } },
  session: { reset: { mode: 'daily', atHour: 5 } }, // before anybody is up
}
`,
};
