import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { converge } from '../src/converge.ts';
import { makePod, type TestPod } from '../test/stand-ins/pod.ts';

let pod: TestPod;
beforeEach(async () => {
  pod = await makePod();
});
afterEach(() => pod.close());

test('fault (gateway): it becomes ready and crashes, ten times in a row → it is started again each time, then given up; the next run gives it another ten', async () => {
  expect((await converge(pod.spec(), pod.host)).outcome).toBe('ready');
  const gateway = () => pod.host.units.state('openclaw');
  let crashes = 0;
  for (let known: number | undefined; (await gateway()).status !== 'failed';) {
    const { pid, status } = await gateway();
    if (status === 'active' && pid !== undefined && pid !== known) {
      known = pid;
      crashes += 1;
      process.kill(pid, 'SIGKILL');
    }
    await new Promise((wake) => setTimeout(wake, 50));
  }
  expect(crashes).toBe(10);
  const report = await converge(pod.spec(), pod.host);
  expect(report.outcome).toBe('ready');
  expect(report.steps.find(({ name }) => name === 'start-gateway')?.changes).toEqual(['start openclaw']);
  await vi.waitFor(async () => expect((await gateway()).status).toBe('active'));
});
