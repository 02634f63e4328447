import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { next, old, UpgradePod, upgradeOf } from '../test/stand-ins/upgrade-pod.ts';

let pod: UpgradePod;
beforeEach(async () => {
  pod = await UpgradePod.create();
});
afterEach(() => pod.close());

describe('a run that is killed', () => {
  test.each(['rehearse', 'copy'] as const)(
    'in %s is finished by the next',
    async (step) => {
      await pod.killedAt(step);
      await pod.expectFinished();
    },
    120_000,
  );

  test('fault (release): each run is cut short in the same step, as by a release that ends its machine → after the third it is rolled back, and not tried again', async () => {
    for (const resumed of [0, 1, 2]) await pod.killedAt('switch', resumed);
    const report = await pod.run(next);
    expect(report).toMatchObject({ outcome: 'rolled-back', openclaw: old });
    expect(upgradeOf(report).warnings.at(-1)).toMatchObject({
      code: 'UPGRADE_NOT_POSSIBLE',
      message: expect.stringMatching(/was rolled back: it was cut short 3 times/),
    });
    expect([pod.sessions(), pod.schema()]).toEqual([2, 21]);
    await pod.expectTidy();
    expect((await pod.run(next)).openclaw).toBe(old);
  }, 120_000);

  test('while it rolls back is rolled back, and then upgraded with the spec that was mended meanwhile', async () => {
    await pod.breakIt('refuses its state, on the state');
    await pod.killedAt('roll-back');
    await pod.breakIt(undefined);
    const report = await pod.run(next, { readyTimeoutSeconds: 21 });
    expect(report.steps.flatMap(({ error }) => error ?? [])).toEqual([]);
    expect(report).toMatchObject({ outcome: 'ready', openclaw: next });
    expect([pod.sessions(), pod.schema()]).toEqual([2, 23]);
    expect((await pod.run(next, { readyTimeoutSeconds: 21 })).outcome).toBe('unchanged');
  }, 120_000);

  test('when the new release has had a state without a record is not taken for one that was kept', async () => {
    await rm(join(pod.host.layout.records, 'release.json'));
    await pod.killedAt('check');
    expect(pod.schema()).toBe(23);
    const report = await pod.run(old);
    expect(report.openclaw).toBe(old);
    expect([pod.sessions(), pod.schema()]).toEqual([2, 21]);
  }, 120_000);

  test('after the switch, when nobody wants the release any more, goes back', async () => {
    await pod.killedAt('switch');
    const report = await pod.run(old);
    expect(report.steps.flatMap(({ error }) => error ?? [])).toEqual([]);
    expect(report.openclaw).toBe(old);
    expect([pod.sessions(), pod.schema()]).toEqual([2, 21]);
    await pod.expectTidy();
  }, 120_000);
});
