import { expect, test } from 'vitest';
import { lookSeconds, whyDue, type Machine, type Settled, type Wish } from '../../src/look/settled.ts';

const wish: Wish = { spec: 'a'.repeat(64), secret: '1', target: 'InService' };
const machine: Machine = {
  boot: 'one',
  uptime: 1000,
  gateway: '812 4711',
  others: { 'openclaw-commands': '900 5200' },
  isAnswering: true,
  heldMegabytes: 700,
  hasRoom: true,
  files: '1 2 3 openclaw.json',
};
const settled: Settled = { wish, machine, heapMegabytes: 2048 };

test('as long as nothing else is seen, nothing is due', () => {
  expect(whyDue(settled, wish, { ...machine, uptime: 1000 + lookSeconds - 1, heldMegabytes: 2047 })).toBe(
    undefined,
  );
});

test.each<[string, Partial<Wish>, Partial<Machine>, RegExp]>([
  ['the spec', { spec: 'b' }, {}, /spec/],
  ['the secret', { secret: '2' }, {}, /secret/],
  ['a secret that is no longer asked for', { secret: undefined }, {}, /secret/],
  ['where Auto Scaling takes the instance', { target: 'Terminated' }, {}, /takes the instance to Terminated/],
  ['the boot', {}, { boot: 'two', uptime: 5 }, /has started/],
  ['the time', {}, { uptime: 1000 + lookSeconds }, /15 minutes/],
  ['the process of the gateway', {}, { gateway: '813 5000' }, /gateway/],
  ['that there is none', {}, { gateway: undefined, heldMegabytes: undefined }, /gateway/],
  [
    'the process that runs commands',
    {},
    { others: { 'openclaw-commands': '950 6000' } },
    /openclaw-commands/,
  ],
  ['that there is none of them', {}, { others: {} }, /openclaw-commands/],
  ['whether the gateway answers', {}, { isAnswering: false }, /answer/],
  ['its memory', {}, { heldMegabytes: 2048 }, /memory/],
  ['whether there is room', {}, { hasRoom: false }, /disk is full/],
  ['the config', {}, { files: '9 2 4 openclaw.json' }, /config/],
])('a run is due when another is %s', (_, wished, seen, why) => {
  expect(whyDue(settled, { ...wish, ...wished }, { ...machine, ...seen })).toMatch(why);
});
