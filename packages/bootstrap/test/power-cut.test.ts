import { expect, test } from 'vitest';
import { Kills } from './stand-ins/kills.ts';

// At each of them: npx projen faults
test(
  'a new instance whose run is killed with all it started, at every seventh boundary of its steps, ends as if nothing had been',
  { timeout: 300_000 },
  async () => {
    const kills = await Kills.on('a new instance');
    let cut = 0;
    for (let event = 1; event < kills.undisturbed.events; event += 7) {
      if (await kills.killAt({ event })) cut += 1;
    }
    // The last word comes when everything is done.
    expect(cut).toBeGreaterThan(2);
    await kills.close();
  },
);
