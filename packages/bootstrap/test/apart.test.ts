import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ProcessHost } from '../src/host/process/process-host.ts';
import { runAs } from '../src/host/systemd/command.ts';
import { inOwnWorld, whyNoOwnWorld } from '../src/upgrade/own-world.ts';

// Gateways that are only tried run what the agent wrote, plugins and all.
let directory: string;
let host: ProcessHost;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'apart-'));
  host = new ProcessHost({
    root: join(directory, 'root'),
    state: join(directory, 'state'),
    artifacts: join(directory, 'artifacts'),
    backups: join(directory, 'backups'),
  });
  const { state, logs, artifacts, backups } = host.layout;
  for (const each of [state, logs, artifacts, backups]) await mkdir(each, { recursive: true });
  for (const each of [artifacts, backups]) await writeFile(join(each, 'archive'), '');
});
afterEach(async () => {
  await host.close();
  await rm(directory, { recursive: true });
});

const script = `
for place; do
  ls "$place"
  echo mine >"$place/planted" || echo refused
done
exit 0
`;
const command = () => {
  const { artifacts, backups } = host.layout;
  return { file: 'sh', args: ['-c', script, 'sh', artifacts, backups], hidden: [artifacts, backups] };
};
const untouched = async () => {
  for (const each of [host.layout.artifacts, host.layout.backups]) {
    expect(await readdir(each)).toEqual(['archive']);
  }
};

if (process.getuid?.() !== 0) console.log('left out: only root has a view of the file system of its own');

describe.skipIf(process.getuid?.() !== 0)('what others install from and restore is not seen', () => {
  test.each(['none', undefined] as const)('by a command with the network %s', async (network) => {
    const result = await runAs(undefined, { ...command(), ...(network && { network }) });
    expect(result).toMatchObject({ exitCode: 0, stdout: 'refused\nrefused\n' });
    await untouched();
  });

  test('by a gateway in a world of its own', async (context) => {
    const missing = await whyNoOwnWorld(host);
    context.skip(missing !== undefined, `this machine has no such worlds: ${missing}`);
    const scratch = join(directory, 'scratch');
    for (const name of ['state', 'logs', 'tmp', 'empty'])
      await mkdir(join(scratch, name), { recursive: true });
    const result = await host.run(inOwnWorld(host, command(), { scratch }));
    expect(result).toMatchObject({ exitCode: 0, stdout: 'refused\nrefused\n' });
    await untouched();
  });
});
