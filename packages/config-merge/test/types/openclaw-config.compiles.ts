import type { OpenClawConfig } from '../../src/openclaw/index.ts';

export const configs: readonly OpenClawConfig[] = [
  {},
  {
    agents: {
      defaults: { model: 'a/b' },
      entries: { main: { model: { primary: 'a/b', fallbacks: ['c/d'] } } },
    },
  },
  { logging: { level: '${LEVEL}' }, env: { vars: { ROLE: 'a' } } },
  {
    channels: {
      telegram: {
        botToken: { source: 'env', provider: 'default', id: 'TOKEN' },
        groups: { '*': { requireMention: true } },
      },
      own: { anything: ['goes'] },
    },
    plugins: { entries: { own: { enabled: true, config: { anything: 'goes' } } } },
  },
  { models: { providers: { mine: { baseUrl: 'https://m', models: [{ id: 'a', name: 'A' }] } } } },
];
