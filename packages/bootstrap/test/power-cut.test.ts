import { expect, test } from 'vitest';
import { Kills } from './stand-ins/kills.ts';

test(
  'fault (kill): SIGKILL of the bootstrap and all it started, at the begin and the end of every step → the next run ends as if nothing had been: config, records, installation, nothing half-written left',
  { timeout: 300_000 },
  async () => {
    const kills = await Kills.on('a new instance');
    let cut = 0;
    for (let event = 1; event < kills.undisturbed.events; event += 1) {
      if (await kills.killAt({ event })) cut += 1;
    }
    console.log(`killed at ${cut} boundaries of steps`);
    // The last word comes when everything is done.
    expect(cut).toBeGreaterThan(15);
    await kills.close();
  },
);
