import { expect, test } from 'vitest';
import type { ChatCommand, HttpRoute, OpenClawApi } from '../src/openclaw-api.ts';
import plugin from '../src/plugin.ts';

function loaded(pluginConfig: Record<string, unknown>) {
  const routes: HttpRoute[] = [];
  const commands: ChatCommand[] = [];
  const lines: string[] = [];
  const say = (message: string): void => void lines.push(message);
  const api: OpenClawApi = {
    registrationMode: 'full',
    pluginConfig,
    logger: { info: say, warn: say, error: say },
    registerHttpRoute: (route) => void routes.push(route),
    registerCommand: (command) => void commands.push(command),
    registerService: () => {},
  };
  plugin.register(api);
  return { routes, commands, lines };
}

const signOut = {
  endpoint: 'https://prefix.auth.eu-central-1.amazoncognito.com/logout',
  clientId: 'client',
  origins: ['https://claw.example.com'],
};

test('a chat has a command that leads to the sign-out', () => {
  const { routes, commands } = loaded({ signOut });
  const text = commands.find(({ name }) => name === 'logout')?.handler().text;
  expect(text).toContain(`(https://claw.example.com${routes[0]?.path})`);
});

test.each([
  ['an unknown key', { signIn: {} }, /signIn/],
  [
    'an endpoint in the clear',
    { signOut: { ...signOut, endpoint: 'http://a.example.com/logout' } },
    /endpoint/,
  ],
  [
    'a role plan without groups',
    { people: { staleSeconds: 900, roles: { default: 'member', groups: [] } } },
    /groups/,
  ],
  ['no origin', { signOut: { ...signOut, origins: [] } }, /origins/],
  ['an origin with a path', { signOut: { ...signOut, origins: ['https://a.example.com/x'] } }, /origin/],
])('%s in its config is refused with a code', (_, config, words) => {
  expect(() => loaded(config)).toThrow(/^PLUGIN_CONFIG_INVALID: plugins\.entries\.clawharbor\.config/);
  expect(() => loaded(config)).toThrow(words);
});
