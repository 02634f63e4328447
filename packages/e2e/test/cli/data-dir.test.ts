import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newDesk, type } from './run-cli.ts';

const pseudo = ['/proc/clawharbor', '/proc', '/proc/self/fd/data', '/sys/clawharbor', '/sys/kernel/data'];

test.runIf(process.platform === 'linux').each(pseudo)(
  'up in %s is refused at once (skipped elsewhere than on Linux, which has it)',
  (folder) => {
    const { exitCode, stderr } = type(newDesk(), ['up', '--data-dir', folder]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^DATA_DIR_NOT_WRITABLE: [^\n]*--data-dir\n$/);
  },
);

test('up in a file, or below one, is refused at once', () => {
  const desk = newDesk();
  writeFileSync(join(desk.cwd, 'file'), '');
  for (const folder of ['file', 'file/below']) {
    expect(type(desk, ['up', '--data-dir', folder]).stderr, folder).toMatch(/^DATA_DIR_NOT_WRITABLE: /);
  }
});

test.each([['status'], ['replace'], ['down'], ['secret set FAL_KEY']])(
  '%s in such a place says that no pod runs there',
  (verb) => {
    const { exitCode, stderr } = type(newDesk(), [...verb.split(' '), '--data-dir', '/proc/clawharbor'], 'x');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^POD_NOT_RUNNING: no pod runs in \/proc\/clawharbor: /);
  },
);
