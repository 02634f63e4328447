import { existsSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { converge } from '../src/converge.ts';
import { makePod, type TestPod } from './stand-ins/pod.ts';

let pod: TestPod;
beforeEach(async () => {
  pod = await makePod();
});
afterEach(() => pod.close());

const days = (count: number) => () => new Date(Date.now() + count * 86_400_000);

test('what people removed stays in the trash for 30 days, and no link leads out of it', async () => {
  const { trash } = pod.host.layout;
  const elsewhere = join(pod.host.layout.state, 'kept');
  await mkdir(join(trash, 'agent-work'), { recursive: true });
  await mkdir(elsewhere, { recursive: true });
  await writeFile(join(elsewhere, 'file'), 'words');
  await symlink(elsewhere, join(trash, 'agent-work/link'));
  pod.host.now = days(29);
  await converge(pod.spec(), pod.host);
  expect(existsSync(join(trash, 'agent-work'))).toBe(true);
  pod.host.now = days(31);
  const { steps } = await converge(pod.spec(), pod.host);
  const { changes } = steps.find(({ name }) => name === 'sweep-leftovers')!;
  expect(changes).toEqual([`remove ${join(trash, 'agent-work')}, which was in the trash for 30 days`]);
  expect(existsSync(join(trash, 'agent-work'))).toBe(false);
  expect(existsSync(join(elsewhere, 'file'))).toBe(true);
});
