import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { converge } from '../src/converge.ts';
import type { StepEvent } from '../src/run.ts';
import { ArtifactCache } from '../src/install/artifact-cache.ts';
import { readReport, type Report } from '../src/report.ts';
import { lateSteps, steps } from '../src/steps/index.ts';
import { artifactOfThisMachine, makePod, type TestPod } from './stand-ins/pod.ts';

let pod: TestPod;
beforeEach(async () => {
  pod = await makePod();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await pod.close();
});

/** A run that is stopped as SIGTERM stops it, when `moment` has come. */
async function stoppedAt(
  moment: (event: StepEvent) => boolean | Promise<boolean>,
  spec = pod.spec(),
): Promise<{ report: Report; events: readonly StepEvent[] }> {
  const host = pod.replace();
  const ended = new AbortController();
  const events: StepEvent[] = [];
  const stopAtMoment = async (event: StepEvent): Promise<void> => {
    if (ended.signal.aborted || !(await moment(event))) return;
    ended.abort();
    await host.close();
  };
  const report = await converge(spec, host, {
    signal: ended.signal,
    onEvent: (event) => {
      events.push(event);
      void stopAtMoment(event);
    },
  });
  await host.close();
  expect(await readReport(host.layout)).toEqual(report);
  return { report, events };
}

/** Nothing is said to be wrong when somebody only wanted an end. */
function expectNothingButStopped({ report, events }: Awaited<ReturnType<typeof stoppedAt>>): void {
  expect(report.outcome).toBe('stopped');
  expect(report.steps.filter(({ status }) => status === 'failed')).toEqual([]);
  expect(report.steps.flatMap(({ warnings, error }) => [...warnings, ...(error ? [error] : [])])).toEqual([]);
  expect(events.filter(({ status }) => status === 'failed')).toEqual([]);
}

describe('a run that is stopped', () => {
  // A run that is stopped in its very last step may as well be through.
  test.each([...steps, ...lateSteps].map(({ name }) => name).slice(0, -1))(
    'at %s reports nothing else, and the next one gets there',
    async (name) => {
      expectNothingButStopped(await stoppedAt(({ step, status }) => step === name && status === 'started'));
      expect((await converge(pod.spec(), pod.replace())).outcome).toBe('ready');
    },
  );

  test('fault (kill): SIGTERM while OpenClaw looks at the config → the config is left alone', async () => {
    const first = pod.replace();
    await converge(pod.spec(), first);
    await first.close();
    const file = join(first.layout.state, 'openclaw.json');
    const before = JSON.stringify({ ...(await pod.readConfig()), messages: { prefix: 'kept' } });
    await writeFile(file, before);
    const pondering = async ({ step, status }: StepEvent) => {
      if (step !== 'merge-config' || status !== 'started') return false;
      await vi.waitFor(
        async () =>
          expect(
            (await readdir(pod.directory, { recursive: true })).some((name) =>
              /cache\/config\.[^/]*\/0\//.test(name),
            ),
          ).toBe(true),
        60_000,
      );
      await new Promise((wake) => setTimeout(wake, 300));
      return true;
    };
    expectNothingButStopped(await stoppedAt(pondering, pod.spec({}, { discovery: { test: 'ponder' } })));
    expect(await readFile(file, 'utf8')).toBe(before);
    expect(await readdir(first.layout.state)).not.toContainEqual(
      expect.stringMatching(/candidate|rejected|unparsable/),
    );
  });

  test('fault (kill): SIGTERM in the middle of npm → nothing is installed, and the next run begins anew', async () => {
    const registry = await silentRegistry();
    const cache = await mkdtemp(join(pod.directory, 'npm-'));
    vi.stubEnv('npm_config_offline', 'false');
    vi.stubEnv('npm_config_registry', registry.url);
    vi.stubEnv('npm_config_cache', cache);
    await rm(pod.host.layout.artifacts, { recursive: true });
    try {
      const stopped = await stoppedAt(async ({ step, status }) => {
        if (step !== 'install-openclaw' || status !== 'started') return false;
        await registry.asked;
        return true;
      });
      expectNothingButStopped(stopped);
      expect(stopped.report.steps.at(-1)).toMatchObject({ name: 'install-openclaw', status: 'stopped' });
    } finally {
      registry.close();
    }
    const [install] = (await readdir(pod.directory)).filter((name) => name.startsWith('instance-1'));
    const left = await readdir(join(pod.directory, install!, 'install'));
    expect(left.filter((name) => !name.startsWith('.new-'))).toEqual([]);
  });
});

test('fault (kill): SIGTERM while an artifact is unpacked → it is not called corrupt', async () => {
  const { artifacts } = pod.host.layout;
  const cache = new ArtifactCache(artifacts);
  const before = await readdir(artifacts);
  for (const milliseconds of [0, 1, 5]) {
    const stop = new AbortController();
    const directory = await mkdtemp(join(pod.directory, 'unpacked-'));
    const restoring = cache.restore(artifactOfThisMachine(), directory, stop.signal);
    setTimeout(() => stop.abort(), milliseconds);
    await restoring.catch((error: Error) => expect(error.name).toBe('AbortError'));
    expect(await readdir(artifacts)).toEqual(before);
  }
  await expect(
    cache.restore(artifactOfThisMachine(), pod.directory, AbortSignal.abort()),
  ).rejects.toMatchObject({ name: 'AbortError' });
  await expect(cache.store('other', pod.directory, AbortSignal.abort())).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect(await readdir(artifacts)).toEqual(before);
});

/** A registry that takes a request and never answers. */
async function silentRegistry(): Promise<{ url: string; asked: Promise<void>; close: () => void }> {
  const asked = Promise.withResolvers<void>();
  const server: Server = createServer(() => asked.resolve());
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked: asked.promise,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
