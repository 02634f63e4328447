import { expect, test } from 'vitest';
import { Kills } from '../test/stand-ins/kills.ts';

/** Of each kind. */
const instants = Number(process.env['KILLS'] ?? 250);

test.each([{ run: 'that brings up a new instance' }, { run: 'that brings a change of the spec' }] as const)(
  'fault (kill): SIGKILL of a run $run, at 250 random instants → the next run ends as if nothing had been',
  async ({ run }) => {
    const kills = await Kills.on(run === 'that brings up a new instance' ? 'a new instance' : 'a change');
    const { milliseconds } = kills.undisturbed;
    let cut = 0;
    for (let kill = 0; kill < instants; kill += 1) {
      // The first part is Node.js coming up, where there is nothing to lose.
      const at = milliseconds * (0.2 + 0.8 * Math.random());
      if (await kills.killAt({ milliseconds: at })) cut += 1;
      if (kill % 25 === 24) console.log(`${kill + 1} of ${instants}, ${cut} before the run was through`);
    }
    expect(cut).toBeGreaterThan(instants / 2);
    await kills.close();
  },
);

test('fault (kill): SIGKILL of the bootstrap and all it started, at the begin and the end of every step → the next run ends as if nothing had been: config, records, installation, nothing half-written left', async () => {
  const kills = await Kills.on('a new instance');
  let cut = 0;
  for (let event = 1; event < kills.undisturbed.events; event += 1) {
    if (await kills.killAt({ event })) cut += 1;
  }
  console.log(`killed at ${cut} boundaries of steps`);
  // The last word comes when everything is done.
  expect(cut).toBeGreaterThan(15);
  await kills.close();
});

test('fault (kill): SIGKILL of a run that brings a change of the spec, at every boundary of its steps → the next run ends as if nothing had been', async () => {
  const kills = await Kills.on('a change');
  for (let event = 1; event < kills.undisturbed.events; event += 1) await kills.killAt({ event });
  await kills.close();
});
