import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { converge } from '../src/converge.ts';
import type { Report } from '../src/report.ts';
import { isTemporary } from '../src/temporary/name.ts';
import { makePod, type TestPod } from './stand-ins/pod.ts';
import { SmallDisk, whyNoDisk } from './stand-ins/small-disk.ts';

const places = {
  'the durable file system': 'state',
  'the disk of the instance': 'instance-0',
} as const;
type Place = keyof typeof places;

let pod: TestPod;
const disks: SmallDisk[] = [];
beforeEach(async () => {
  pod = await makePod();
});
afterEach(async () => {
  await pod.host.close();
  for (const each of disks.splice(0)) each.close();
  await pod.close();
});

function disk(name: string): SmallDisk {
  const made = new SmallDisk(join(pod.directory, name));
  disks.push(made);
  return made;
}

const configText = () => readFile(join(pod.host.layout.state, 'openclaw.json'), 'utf8');
const changed = (round: number) => pod.spec({}, { discovery: { round: `round ${round}` } });
const codes = ({ steps }: Report) =>
  steps.flatMap(({ error, warnings }) => [...(error ? [error] : []), ...warnings]).map(({ code }) => code);
const leftovers = async () =>
  (await readdir(pod.directory, { recursive: true })).filter((name) => name.split('/').some(isTemporary));

describe.skipIf(whyNoDisk !== undefined)('a disk', () => {
  test.each<{ place: Place }>([{ place: 'the durable file system' }, { place: 'the disk of the instance' }])(
    'fault (storage): $place is full at any one write of a change → DISK_FULL, the config is the old or the new one whole, the gateway goes on; with room again, the next run does the rest',
    async ({ place }) => {
      const small = disk(places[place]);
      expect((await converge(pod.spec(), pod.host)).outcome).toBe('ready');
      const { pid } = await pod.host.units.state('openclaw');
      let failures = 0;
      for (let pages = 0, enough = 0; enough < 2; pages += 1) {
        const before = await configText();
        small.leave(pages);
        const report = await converge(changed(pages), pod.host);
        small.grow();
        const after = await configText();
        if (report.outcome === 'ready' && codes(report).length === 0) enough += 1;
        else {
          failures += 1;
          expect(codes(report)).toEqual(codes(report).map(() => 'DISK_FULL'));
          expect([before, before.replace(/round -?\d+/, `round ${pages}`)]).toContain(after);
        }
        expect(await leftovers()).toEqual([]);
        expect((await converge(changed(pages), pod.host)).outcome).toMatch(/^(ready|unchanged)$/);
        expect(await configText()).toContain(`round ${pages}`);
        expect((await pod.host.units.state('openclaw')).pid).toBe(pid);
      }
      expect(failures).toBeGreaterThan(0);
    },
  );

  test.each<{ place: Place }>([{ place: 'the durable file system' }, { place: 'the disk of the instance' }])(
    'fault (storage): $place becomes read-only under a running pod → DISK_READ_ONLY for a change, the gateway goes on; writable again, the next run makes the change',
    async ({ place }) => {
      const small = disk(places[place]);
      expect((await converge(pod.spec(), pod.host)).outcome).toBe('ready');
      const { pid } = await pod.host.units.state('openclaw');
      const before = await configText();
      small.setReadOnly(true);
      const report = await converge(changed(1), pod.host);
      expect(codes(report)).toContain('DISK_READ_ONLY');
      expect(await configText()).toBe(before);
      small.setReadOnly(false);
      expect((await converge(changed(1), pod.host)).outcome).toBe('ready');
      expect(await configText()).toContain('round 1');
      expect((await pod.host.units.state('openclaw')).pid).toBe(pid);
    },
  );

  test('fault (storage): the disk of the instance is full while OpenClaw is unpacked → DISK_FULL; the artifact is not called corrupt, and the next run with room installs it', async () => {
    const small = disk('instance-0');
    let failures = 0;
    for (let pages = 0, enough = false; !enough; pages += 4) {
      small.leave(pages);
      const report = await converge(pod.spec(), pod.host, { phase: 'prepare' });
      small.grow();
      enough = report.outcome === 'prepared' && codes(report).length === 0;
      if (!enough) {
        failures += 1;
        expect(codes(report)).toEqual(codes(report).map(() => 'DISK_FULL'));
      }
      expect((await readdir(pod.host.layout.artifacts)).filter((name) => /corrupt/.test(name))).toEqual([]);
      expect(await leftovers()).toEqual([]);
      for (const name of await readdir(join(pod.directory, 'instance-0')))
        await rm(join(pod.directory, 'instance-0', name), { recursive: true });
    }
    expect(failures).toBeGreaterThan(0);
  });
});
