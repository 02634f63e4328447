import { expect, expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import { defineConfig, podConfigSchema, type PodConfigInput } from '../src/index.ts';
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
    // @ts-expect-error a key that OpenClaw does not know
    defineConfig({ ...exampleConfig, openclaw: { config: { agents: { defaults: { modle: 'a/b' } } } } }),
    // @ts-expect-error a value of another type than OpenClaw takes
    defineConfig({ ...exampleConfig, openclaw: { config: { session: null } } }),
    // @ts-expect-error a value that OpenClaw does not know
    defineConfig({ ...exampleConfig, openclaw: { config: { session: { scope: 'everybody' } } } }),
    // @ts-expect-error no domain
    defineConfig({ account: '123456789012', region: 'eu-central-1' }),
  ];
  for (const config of faulty) expect(podConfigSchema.safeParse(config).success).toBe(false);
  expect(podConfigSchema.safeParse(defineConfig(exampleConfig)).success).toBe(true);
});

type Schema = z.input<typeof podConfigSchema>;

/** Documented props are read-only; what a schema infers is not. */
type Thawed<T> = T extends readonly (infer Item)[]
  ? number extends T['length']
    ? Thawed<Item>[]
    : { -readonly [K in keyof T]: Thawed<T[K]> }
  : T extends object
    ? { -readonly [K in keyof T]: Thawed<T[K]> }
    : T;

/** Keys, and keys of sections, as in `login.mfa`. */
type Keys<T> = { [K in keyof T & string]: K | `${K}.${KeysOfObject<NonNullable<T[K]>>}` }[keyof T & string];
type KeysOfObject<T> = T extends readonly unknown[] ? never : T extends object ? keyof T & string : never;

test('the documented props are those that the schema knows', () => {
  expectTypeOf<Schema>().toExtend<PodConfigInput>();
  expectTypeOf<Thawed<PodConfigInput>>().toExtend<Schema>();
  expectTypeOf<Keys<Required<PodConfigInput>>>().toEqualTypeOf<Keys<Required<Schema>>>();
  expectTypeOf<'login.mfa'>().toExtend<Keys<Required<Schema>>>();
});
