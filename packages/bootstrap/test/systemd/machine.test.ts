import { expect, test } from 'vitest';
import type { Command } from '../../src/host/host.ts';
import { instanceLayout } from '../../src/host/layout.ts';
import { conditionOf, machineNeeds, provide } from '../../src/host/systemd/machine.ts';

test('fault (instance): no repository has the log agent → the pod comes up, and the report says that nothing is shipped', async () => {
  const asked: string[] = [];
  /** As dnf where there is no such package: nothing of what it was asked for is installed. */
  const run = async ({ file, args }: Command) => {
    if (file !== 'dnf') return { exitCode: 127, stdout: '', stderr: '' };
    asked.push(...args.filter((word) => !word.startsWith('-') && word !== 'install'));
    const isThere = !args.includes('amazon-cloudwatch-agent');
    const stderr = isThere ? '' : 'Error: Unable to find a match: amazon-cloudwatch-agent';
    return { exitCode: isThere ? 0 : 1, stdout: '', stderr };
  };
  const needs = machineNeeds(run, instanceLayout, 'pod');
  // This machine has none of them: what dnf said must have been about the packages that a gateway needs.
  await expect(needs[0]!.provide()).rejects.toThrow('without');
  expect(asked).not.toContain('amazon-cloudwatch-agent');
  const agent = needs.at(-1)!;
  const lack = await provide(agent);
  expect(conditionOf(agent.without!, lack)).toMatchObject({
    type: 'LogsShipped',
    status: 'False',
    message: expect.stringContaining('Unable to find a match'),
  });
  const without = machineNeeds(run, instanceLayout, undefined);
  expect(without.filter((need) => need.without !== undefined)).toEqual([]);
});
