import { lateSteps } from '@clawharbor/bootstrap';
import { expect, test } from 'vitest';
import { firstLate } from '../src/pod/pod.ts';

test('the report of an instance is read when its first late step begins', () => {
  expect(lateSteps[0]?.name).toBe(firstLate);
});
