import { expect, test } from 'vitest';
import { converge } from '../src/converge.ts';
import { makePod } from '../test/stand-ins/pod.ts';

test('fault (gateway): its event loop is frozen on an instance → the next run kills it and starts it again, and says so', async () => {
  const pod = await makePod();
  try {
    // It is let alone for as long as it may take to be ready.
    const run = () => converge(pod.spec({ readyTimeoutSeconds: 10 }), pod.host);
    expect((await run()).outcome).toBe('ready');
    const { pid } = await pod.host.units.state('openclaw');
    await pod.host.sleep(10_000);
    process.kill(pid!, 'SIGSTOP');
    const report = await run();
    const step = report.steps.find(({ name }) => name === 'start-gateway')!;
    expect(step).toMatchObject({
      changes: ['kill openclaw, which hangs, and start it again'],
      warnings: [{ code: 'GATEWAY_HUNG' }],
    });
    expect(report.outcome).toBe('ready');
    expect((await pod.host.units.state('openclaw')).pid).not.toBe(pid);
    expect((await run()).outcome).toBe('unchanged');
  } finally {
    await pod.close();
  }
});
