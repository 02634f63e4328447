import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { converge } from '../src/converge.ts';
import { ProcessHost } from '../src/host/process/process-host.ts';
import { makePod } from './stand-ins/pod.ts';

const fileSystem = {
  id: 'fs-12345678',
  stateAccessPoint: 'fsap-12345678',
  artifactsAccessPoint: 'fsap-87654321',
};

test('fault (storage): a file system that cannot be mounted yet → tried again for ten minutes; the pod comes up when it is there, and a run that is told to stop does not wait for it', async () => {
  const pod = await makePod();
  const place = join(pod.directory, 'efs');
  // Nothing can be mounted below a file.
  await writeFile(place, '');
  const { artifacts } = pod.host.layout;
  const host = new ProcessHost({ root: join(pod.directory, 'late'), state: join(place, 'state'), artifacts });
  const told: string[] = [];
  const ended = new AbortController();
  const stopped = converge(pod.spec({ fileSystem }), host, {
    signal: ended.signal,
    patience: { seconds: 1, onWait: (why) => ended.abort(told.push(why)) },
  });
  expect((await stopped).outcome).toBe('stopped');
  expect(told).toEqual([expect.stringMatching(/ENOTDIR.*10 minutes/)]);

  const waiting = converge(pod.spec({ fileSystem }), host);
  await delay(2500);
  await rm(place);
  expect((await waiting).outcome).toBe('ready');
  await host.close();
  await pod.close();
});
