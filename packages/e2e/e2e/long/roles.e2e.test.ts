import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Report } from '@clawharbor/bootstrap';
import { Team } from '../support/team.ts';

/** What a role that comes late cut off came 11 to 27 s after the first login. */
const quietSeconds = 40;

let team: Team;
let first: Report;
beforeAll(async () => {
  team = await Team.open();
  first = await team.converge(['ann-sub', 'Ben-Sub']);
});
afterAll(() => team?.close());

const roles = (report: Report) => report.steps.find(({ name }) => name === 'assign-roles')!;
const seconds = (count: number) => new Promise((wake) => setTimeout(wake, count * 1000));

test('an administrator is one from the first login on, and what they type at once is answered', async () => {
  expect(roles(first)).toMatchObject({
    changes: [
      'give ann-sub the role admin, ahead of the first login',
      'give Ben-Sub the role admin, ahead of the first login',
    ],
    warnings: [],
  });
  const ann = await team.connect('ann-sub');
  expect(ann.granted).toContain('operator.admin');
  const start = Date.now();
  expect(await ann.say('Say harbor-1')).toBe('You said: harbor-1');
  // The bootstrap looks again while she is there, as it does each minute.
  expect((await team.converge(['ann-sub', 'Ben-Sub'])).outcome).toBe('unchanged');
  await seconds(quietSeconds - (Date.now() - start) / 1000);
  expect(ann.closedWith).toBeUndefined();
  expect(await ann.say('Say harbor-2')).toBe('You said: harbor-2');
  ann.close();
});

test('the gateway knows who was made ahead like anybody else, in whatever case the identity is written', async () => {
  const ben = await team.connect('Ben-Sub');
  expect(ben.granted).toContain('operator.admin');
  const self = (await ben.call('users.self')).payload as { profile: { id: string; emails: string[] } };
  expect(self.profile.emails).toEqual(['ben-sub']);
  expect((await ben.call('sessions.create')).ok).toBe(true);
  // The list of owners comes from what the gateway keeps in memory.
  const { owners } = (await ben.call('sessions.list')).payload as { owners: { id: string }[] };
  expect(owners.map(({ id }) => id)).toContain(self.profile.id);
  ben.close();
});

test('one who is added to a running pod is one from the first login on, without a restart', async () => {
  const { pid } = await team.host.units.state('openclaw');
  const report = await team.converge(['ann-sub', 'Ben-Sub', 'cem-sub']);
  expect(roles(report).changes).toEqual(['give cem-sub the role admin, ahead of the first login']);
  expect((await team.host.units.state('openclaw')).pid).toBe(pid);
  const cem = await team.connect('cem-sub');
  expect(cem.granted).toContain('operator.admin');
  expect(await cem.say('Say harbor-3')).toBe('You said: harbor-3');
  cem.close();
});

test('a member who becomes one keeps their profile, and the report says that their connections end', async () => {
  const everybody = ['ann-sub', 'Ben-Sub', 'cem-sub'];
  const dia = await team.connect('dia-sub');
  expect(dia.granted).not.toContain('operator.admin');
  const { profile } = (await dia.call('users.self')).payload as { profile: { id: string } };
  const report = await team.converge([...everybody, 'dia-sub']);
  expect(roles(report).changes).toEqual([
    expect.stringMatching(/^give dia-sub the role admin: .*reconnects/),
  ]);
  await expect.poll(() => dia.closedWith).toMatch(/^4001/);
  const again = await team.connect('dia-sub');
  expect(again.granted).toContain('operator.admin');
  expect((await again.call('users.self')).payload).toMatchObject({
    profile: { id: profile.id, role: 'admin' },
  });
  again.close();
});

test('nobody else is one', async () => {
  const eve = await team.connect('eve-sub');
  expect(eve.granted).not.toContain('operator.admin');
  eve.close();
});
