import { rmSync } from 'node:fs';
import { expect } from 'vitest';
import { LocalPod } from './local-pod.ts';

const pods: LocalPod[] = [];

/** A pod of one test, which `endPods` ends after it. */
export async function newPod(...options: Parameters<typeof LocalPod.create>): Promise<LocalPod> {
  const pod = await LocalPod.create(...options);
  pods.push(pod);
  return pod;
}

/** Ends the pods of a test, however it ended, and removes what they had. */
export async function endPods(): Promise<void> {
  for (const pod of pods.splice(0)) {
    await pod.end('SIGTERM');
    rmSync(pod.dataDir, { recursive: true, force: true });
  }
}

/** What a failed `up` says last: its code and its message. */
export async function failureOf(pod: LocalPod): Promise<string> {
  await expect(pod.up()).rejects.toThrow();
  expect(await pod.end()).toBe(1);
  const { code, message } = pod.events.at(-1) as unknown as { code: string; message: string };
  expect(pod.stderr).toContain(`${code}: `);
  return `${code}: ${message}`;
}
