import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Person } from '@clawharbor/openclaw-plugin/people';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CertainPeople } from '../src/people/certain.ts';
import { peopleKnown } from '../src/people/known.ts';
import { PeopleFiles } from '../src/people/people-files.ts';

const ada = '0f7c3b1e-0000-4000-8000-000000000001';
const bob = '0f7c3b1e-0000-4000-8000-000000000002';

const person = (sub: string, out?: Person['out']): Person => ({
  sub,
  name: sub,
  groups: [],
  ...(out === undefined ? {} : { out }),
});
const inside = (people: readonly Person[]) =>
  people.filter(({ out }) => out === undefined).map(({ sub }) => sub);

describe('what a list says', () => {
  test('of who is missing counts when the next one says it too', () => {
    const certain = new CertainPeople();
    certain.next([person(ada), person(bob)]);
    expect(inside(certain.next([person(bob)]))).toStrictEqual([bob, ada]);
    expect(inside(certain.next([person(bob)]))).toStrictEqual([bob]);
    expect(inside(certain.next([person(bob)]))).toStrictEqual([bob]);
  });

  test('of who was missing once is forgotten when they are there again', () => {
    const certain = new CertainPeople();
    certain.next([person(ada)]);
    certain.next([]);
    certain.next([person(ada)]);
    expect(inside(certain.next([]))).toStrictEqual([ada]);
  });

  test('of who is in no group counts the second time, of who is disabled at once', () => {
    const certain = new CertainPeople();
    certain.next([person(ada), person(bob)]);
    const listed = [person(ada, 'not-in-group'), person(bob, 'disabled')];
    expect(inside(certain.next(listed))).toStrictEqual([ada]);
    expect(inside(certain.next(listed))).toStrictEqual([]);
  });

  test('of who is no longer in a group counts the second time, of who is in another at once', () => {
    const certain = new CertainPeople();
    const groupsOf = (people: readonly Person[]) => people[0]?.groups.toSorted();
    certain.next([{ ...person(ada), groups: ['admins', 'members'] }]);
    const moved = [{ ...person(ada), groups: ['members', 'viewers'] }];
    expect(groupsOf(certain.next(moved))).toStrictEqual(['admins', 'members', 'viewers']);
    expect(groupsOf(certain.next(moved))).toStrictEqual(['members', 'viewers']);
  });

  test('of who was out is believed at once: they are in', () => {
    const certain = new CertainPeople();
    certain.next([person(ada, 'disabled')]);
    expect(inside(certain.next([person(ada)]))).toStrictEqual([ada]);
  });

  test('is weighed against what an earlier process knew', () => {
    const certain = new CertainPeople([person(ada)]);
    expect(inside(certain.next([]))).toStrictEqual([ada]);
    expect(inside(certain.next([]))).toStrictEqual([]);
  });
});

describe('whether the people are known', () => {
  const list = { version: 1 as const, checkedAt: 1_000_000, people: [person(ada), person(bob, 'disabled')] };
  const after = (seconds: number) => peopleKnown(list, new Date(1_000_000 + seconds * 1000));

  test('is said of a list of the last minute, with how many are in', () => {
    expect(after(60)).toMatchObject({
      type: 'PeopleKnown',
      status: 'True',
      reason: 'ListCurrent',
      message: '1 people of the user pool are in, 1 are out.',
    });
    // A clock that was set back by a little makes no list older.
    expect(after(-5).status).toBe('True');
  });

  test('is denied of an older one, and of none, with what that means', () => {
    expect(after(61)).toMatchObject({ status: 'False', reason: 'ListStale' });
    expect(after(61).message).toMatch(
      /last read 61 s ago.*after 900 s nobody new gets in; nobody is thrown out/,
    );
    expect(peopleKnown(undefined, new Date())).toMatchObject({ status: 'False', reason: 'NoList' });
    expect(after(-86_400)).toMatchObject({ status: 'False', reason: 'ListStale' });
    expect(after(-86_400).message).toMatch(/86400 s from now, by a clock that was wrong/);
  });
});

describe('the files', () => {
  let directory: string;
  let layout: { people: string; peopleRecords: string };

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clawharbor-people-'));
    layout = { people: join(directory, 'run/people'), peopleRecords: join(directory, 'efs/people') };
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  test('are anybody’s to read and nobody else’s to write', async () => {
    const files = new PeopleFiles(layout);
    const umask = process.umask(0o077);
    try {
      expect(await files.isPrepared()).toBe(false);
      expect(await files.prepare()).toBe(true);
      await files.write([person(ada)], new Date(5000));
      await files.kick(bob);
    } finally {
      process.umask(umask);
    }
    expect(await files.isPrepared()).toBe(true);
    expect(await files.prepare()).toBe(false);
    const modeOf = async (path: string) => (await stat(join(layout.people, path))).mode & 0o777;
    expect(await modeOf('.')).toBe(0o755);
    expect(await modeOf('kicked')).toBe(0o755);
    expect(await modeOf('people.json')).toBe(0o644);
    expect(await modeOf(`kicked/${bob}`)).toBe(0o644);
    expect(await files.read()).toStrictEqual({ version: 1, checkedAt: 5000, people: [person(ada)] });
  });

  test('of who was put out by hand outlive the machine', async () => {
    const before = new PeopleFiles(layout);
    await before.prepare();
    await before.kick(ada);
    await rm(layout.people, { recursive: true });
    const after = new PeopleFiles(layout);
    expect(await after.isPrepared()).toBe(false);
    await after.prepare();
    expect(await after.kicked()).toStrictEqual([ada]);
    expect(await after.admit(ada)).toBe(true);
    expect(await after.admit(ada)).toBe(false);
    expect(await readdir(join(layout.peopleRecords, 'kicked'))).toStrictEqual([]);
    expect(await after.kicked()).toStrictEqual([]);
  });

  test.each(['../../etc/cron.d/x', 'x', '', `${ada}/..`, ada.toUpperCase(), `${ada}\n`])(
    'are named after nothing but a sub: %j',
    async (sub) => {
      const files = new PeopleFiles(layout);
      await files.prepare();
      const unknown = expect.objectContaining({ code: 'PERSON_UNKNOWN' });
      await expect(files.kick(sub)).rejects.toThrow(unknown);
      await expect(files.admit(sub)).rejects.toThrow(unknown);
      expect(await readdir(join(layout.people, 'kicked'))).toStrictEqual([]);
    },
  );

  test('of who is who outlive the machine, with their age', async () => {
    const before = new PeopleFiles(layout);
    await before.prepare();
    await before.write([person(ada), person(bob, 'disabled')], new Date(5000));
    await before.remember();
    await rm(layout.people, { recursive: true });
    const after = new PeopleFiles(layout);
    expect(await after.prepare()).toBe(true);
    expect(await after.read()).toStrictEqual({
      version: 1,
      checkedAt: 5000,
      people: [person(ada), person(bob, 'disabled')],
    });
    // What is newer here stays.
    await after.write([person(bob)], new Date(9000));
    expect(await after.prepare()).toBe(false);
    expect((await after.read())?.checkedAt).toBe(9000);
  });

  test('are remembered again when they say something else, and not for their age alone', async () => {
    const files = new PeopleFiles(layout);
    await files.prepare();
    await files.write([person(ada), person(bob)], new Date(1000));
    await files.remember();
    const remembered = async () =>
      (JSON.parse(await readFile(join(layout.peopleRecords, 'people.json'), 'utf8')) as { checkedAt: number })
        .checkedAt;
    await files.write([person(bob), person(ada)], new Date(2000));
    await files.remember();
    expect(await remembered()).toBe(1000);
    await files.write([person(ada)], new Date(3000));
    await files.remember();
    expect(await remembered()).toBe(3000);
  });

  test('tell a look of a change, and of nothing else', async () => {
    const files = new PeopleFiles(layout);
    await files.prepare();
    // A new file each time: the number may come again, the time does not.
    const seen = async () => (await stat(files.changedFile, { bigint: true })).mtimeNs;
    await files.write([person(ada), person(bob)], new Date(1000));
    const first = await seen();
    await files.write([person(bob), person(ada)], new Date(2000));
    expect(await seen()).toBe(first);
    await new PeopleFiles(layout).write([person(bob), person(ada)], new Date(3000));
    expect(await seen()).toBe(first);
    await files.write([person(bob), { ...person(ada), groups: ['admins'] }], new Date(4000));
    expect(await seen()).not.toBe(first);
  });

  test('say nothing where there is no list that can be read', async () => {
    const files = new PeopleFiles(layout);
    expect(await files.read()).toBeUndefined();
    await mkdir(layout.people, { recursive: true });
    await writeFile(join(layout.people, 'people.json'), '{"version":1');
    expect(await files.read()).toBeUndefined();
  });

  test('are never half a list', async () => {
    const files = new PeopleFiles(layout);
    await files.prepare();
    const many = Array.from({ length: 500 }, (_, n) =>
      person(`${ada.slice(0, -4)}${String(n).padStart(4, '0')}`),
    );
    const writes = (async () => {
      for (let n = 1; n <= 20; n++) await files.write(many.slice(0, n * 25), new Date(n));
    })();
    const over = new AbortController();
    void writes.finally(() => over.abort());
    while (!over.signal.aborted) {
      const text = await readFile(join(layout.people, 'people.json'), 'utf8').catch(() => undefined);
      if (text === undefined) continue;
      const { checkedAt, people } = JSON.parse(text) as { checkedAt: number; people: Person[] };
      expect(people).toHaveLength(checkedAt * 25);
    }
    await writes;
  });
});
