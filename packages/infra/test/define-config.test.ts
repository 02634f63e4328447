import { expect, test } from 'vitest';
import { defineConfig, podConfigSchema } from '../src/index.ts';
import { exampleConfig } from './example-pod.ts';

test('what the compiler refuses in a config, the schema refuses too', () => {
  const faulty = [
    // @ts-expect-error a key that does not exist
    defineConfig({ ...exampleConfig, logn: {} }),
    // @ts-expect-error a value of the wrong type
    defineConfig({ ...exampleConfig, login: { sessionHours: '24' } }),
    // @ts-expect-error an OpenClaw release that was not tested
    defineConfig({ ...exampleConfig, openclaw: { version: '2026.1.1' } }),
    // @ts-expect-error admin rights for everybody
    defineConfig({ ...exampleConfig, openclaw: { members: { scopes: ['operator.admin'] } } }),
    // @ts-expect-error no domain
    defineConfig({ account: '123456789012', region: 'eu-central-1' }),
  ];
  for (const config of faulty) expect(podConfigSchema.safeParse(config).success).toBe(false);
  expect(podConfigSchema.safeParse(defineConfig(exampleConfig)).success).toBe(true);
});
