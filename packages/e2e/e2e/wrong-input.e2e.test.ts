import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { failureOf, endPods, newPod } from './support/pods.ts';

afterEach(endPods);

describe('bad input', () => {
  test('a port that is taken is named', async () => {
    const pod = await newPod();
    const other = createServer();
    await new Promise<void>((listening) => other.listen(pod.port, '127.0.0.1', listening));
    expect(await failureOf(pod)).toMatch(new RegExp(`^PORT_TAKEN: .*${pod.port}.*--port`));
    other.close();
  });

  test('a data directory that cannot be written is named', async () => {
    const pod = await newPod();
    const file = join(pod.dataDir, 'file');
    writeFileSync(file, '');
    const { exitCode, stderr } = pod.command('up', '--data-dir', join(file, 'below'));
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/DATA_DIR_NOT_WRITABLE: .*file\/below.*--data-dir/);
  });

  test.each([
    ['does not parse', 'export default {\n  name: \n};\n', /:3:/],
    ['names an unknown key', "export default {\n  name: 'pod',\n  colour: 'blue',\n};\n", /:3:.*colour/],
  ])('a config file that %s is refused with its line', async (_, content, where) => {
    const folder = mkdtempSync(join(tmpdir(), 'clawharbor-config-'));
    const file = join(folder, 'pod.config.ts');
    writeFileSync(file, content);
    const pod = await newPod({ arguments: ['--config', file] });
    const failure = await failureOf(pod);
    expect(failure).toMatch(/^CONFIG_INVALID: /);
    expect(failure).toContain(file);
    expect(failure).toMatch(where);
    rmSync(folder, { recursive: true });
  });

  test('wrong usage ends with 2', async () => {
    const pod = await newPod();
    expect(pod.command('up', '--port', 'eighty').exitCode).toBe(2);
    expect(pod.command('nonsense').exitCode).toBe(2);
  });

  test('commands without a running pod say how to start one', async () => {
    const pod = await newPod();
    for (const command of ['status', 'replace']) {
      const { exitCode, stderr } = pod.command(command);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/POD_NOT_RUNNING: .*clawharbor-local up/);
    }
  });

  test('a secret that would change the process is refused', async () => {
    const pod = await newPod();
    const { exitCode, stderr } = pod.commandWithInput('value', 'secret', 'set', 'LD_PRELOAD');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/SECRET_INVALID: .*LD_PRELOAD/);
  });
});
