import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OpenClawMachine, read, run, specWith, write } from '../support/openclaw-host.ts';

let machine: OpenClawMachine;
beforeAll(async () => {
  machine = await OpenClawMachine.create();
});
afterAll(() => machine.close());

test('the last good config comes back with its included files', async () => {
  const good = `{ session: { reset: { mode: 'daily', atHour: 4 } } }\n`;
  const host = await machine.withConfig({
    'openclaw.json': `{ $include: './team.json5' }\n`,
    'team.json5': good,
  });
  const spec = await specWith();
  await run(host, spec);
  await host.units.stop('openclaw');
  await write(host, { 'team.json5': `{ session: { reset: { mode: 'daily', atHour: 4, hour: 5 } } }\n` });
  const report = await run(host, spec);
  const merge = report.steps.find(({ name }) => name === 'merge-config');
  expect(report.outcome).toBe('ready');
  expect(merge?.warnings.map(({ code }) => code)).toEqual(['CONFIG_REJECTED']);
  expect(await read(host, 'team.json5')).toBe(good);
  expect((await readdir(host.layout.state)).some((name) => name.startsWith('team.json5.rejected-'))).toBe(
    true,
  );
  await host.close();
});
