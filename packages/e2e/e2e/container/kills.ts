import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { bootstrap, lastReport, property, readyStatus, succeeded } from './observe.ts';
import type { Region } from './region.ts';

const timer = 'clawharbor-bootstrap.timer';

/**
 * Kills the bootstrap at random instants while it makes a change, again and again; then lets it run to its end and looks
 * whether anything tells of it.
 */
export async function killBootstrap(region: Region, times: number): Promise<void> {
  const { instance, spec } = region;
  await instance.succeed('systemctl', ['stop', timer]);
  const before = await property(instance, 'MainPID');
  let enabled = false;
  for (let kill = 0; kill < times; kill += 1) {
    enabled = kill % 2 === 0;
    const config = { ...spec.openclaw.config, cron: { enabled } };
    await region.deploy({ ...spec, openclaw: { ...spec.openclaw, config } });
    await instance.succeed('systemctl', ['start', '--no-block', 'clawharbor-bootstrap.service']);
    await delay(500 + Math.random() * 4000);
    await instance.execute('systemctl', ['kill', '--signal=SIGKILL', 'clawharbor-bootstrap.service']);
    // Until systemd has seen its end, a start would join the run that was killed.
    const state = () => property(instance, 'ActiveState', 'clawharbor-bootstrap.service');
    await expect.poll(state, { timeout: 10_000 }).not.toMatch(/activating/);
    // Nobody kills it so often that systemd would have to hold it back.
    await instance.execute('systemctl', ['reset-failed', 'clawharbor-bootstrap.service']);
  }
  await succeeded(bootstrap(instance));
  expect((await lastReport(instance)).outcome).toMatch(/^(ready|unchanged)$/);
  expect(await property(instance, 'MainPID')).toBe(before);
  expect(await readyStatus(region)).toBe(200);
  const config = JSON.parse(await readFile(join(region.state, 'openclaw.json'), 'utf8')) as object;
  expect(config).toMatchObject({ cron: { enabled } });
  const left = (await readdir(region.state, { recursive: true })).filter((name) =>
    /\.clawharbor-[^/]*\.tmp$/.test(name),
  );
  expect(left).toEqual([]);
  await region.deploy(spec);
  await succeeded(bootstrap(instance));
  await instance.succeed('systemctl', ['start', timer]);
}
