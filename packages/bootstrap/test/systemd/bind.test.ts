import { describe, expect, test } from 'vitest';
import { renderBind } from '../../src/host/systemd/bind.ts';
import { escapePath } from '../../src/host/systemd/quoting.ts';

// That systemd mounts it, read-only, and that the gateway loads a plugin from it, is proved in a booted container in
// packages/e2e.
const directory = '/opt/openclaw/2026.9.6/plugins/openclaw-discord-c0892df945';
const at = '/home/openclaw/.openclaw/npm/projects/openclaw-discord-c0892df945';

describe('a directory of the machine in the state', () => {
  test('is a read-only bind mount', () => {
    const text = renderBind(directory, at);
    expect(text).toContain(`What=${directory}\nWhere=${at}\nType=none\nOptions=bind,ro\n`);
  });

  test('has a unit that is named for where it is, as systemd wants it', () => {
    expect(`${escapePath(at)}.mount`).toBe(
      String.raw`home-openclaw-.openclaw-npm-projects-openclaw\x2ddiscord\x2dc0892df945.mount`,
    );
  });

  test.each(['relative', '/with space', '/with/../dots', '/line\nbreak', '/%h'])('is refused: %j', (path) => {
    expect(() => renderBind(path, at)).toThrow('must be an absolute path');
    expect(() => renderBind(directory, path)).toThrow('must be an absolute path');
  });
});
