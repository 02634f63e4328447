import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { converge } from '../src/converge.ts';
import { readReport } from '../src/report.ts';
import { makePod, type TestPod } from '../test/stand-ins/pod.ts';
import { SilentFileSystem, whyNoSilence } from '../../../testing/silent-file-system.ts';

const fileSystem = {
  id: 'fs-12345678',
  stateAccessPoint: 'fsap-12345678',
  artifactsAccessPoint: 'fsap-87654321',
};

describe.skipIf(whyNoSilence !== undefined)('a file system that is mounted', () => {
  let pod: TestPod;
  let silent: SilentFileSystem | undefined;
  beforeEach(async () => {
    pod = await makePod();
    expect((await run()).outcome).toBe('ready');
  });
  afterEach(async () => {
    await silent?.end();
    silent = undefined;
    await pod.close();
  });

  const spec = () => pod.spec({ fileSystem, backups: { drillEveryDays: 7 } });
  const run = (onWait: (why: string) => void = () => {}) =>
    converge(spec(), pod.host, { patience: { seconds: 1, onWait } });
  const gateway = () => pod.host.units.state('openclaw');

  test.each(['state', 'artifacts'] as const)(
    'fault (storage): the file system of the %s is mounted and takes no request → the run says so, waits for it and goes on with it; the gateway is not touched',
    async (place) => {
      const { pid } = await gateway();
      silent = await SilentFileSystem.mount(pod.host.layout[place]);
      const told: string[] = [];
      const report = await run((why) => {
        told.push(why);
        void silent?.end();
        silent = undefined;
      });
      expect(told).toEqual([expect.stringMatching(/fs-12345678 has not answered for 10 s.*10 minutes/)]);
      expect(report.outcome).toBe('unchanged');
      expect(await gateway()).toMatchObject({ pid, restarts: 0 });
    },
  );

  test.each(['state', 'artifacts'] as const)(
    'fault (storage): the file system of the %s takes no request for ten minutes → STATE_NOT_ANSWERING in the report, and the run ends',
    async (place) => {
      const { pid } = await gateway();
      silent = await SilentFileSystem.mount(pod.host.layout[place]);
      let late = 0;
      pod.host.elapsed = () => performance.now() + late;
      const report = await run(() => (late = 600_000));
      expect(report.outcome).toBe('failed');
      expect(report.steps.at(-1)).toMatchObject({ error: { code: 'STATE_NOT_ANSWERING' } });
      expect((await readReport(pod.host.layout))?.outcome).toBe('failed');
      expect(await gateway()).toMatchObject({ pid, restarts: 0 });
    },
  );
});
