import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { property, readyStatus, untilReady } from '../e2e/container/observe.ts';
import { ReplicatedPod, stepOf } from '../e2e/container/replicated-pod.ts';
import { whyNoContainer } from '../src/container/index.ts';

const reason = await whyNoContainer();
if (reason !== undefined) console.log(`full-disk.faults: left out, because ${reason}`);

/** Where the databases are: a disk of its own here, so that this machine's is not filled. */
const disk = '/var/lib/openclaw';
const filler = `${disk}/filler`;

describe.skipIf(reason !== undefined)('a pod whose databases are on the disk of its instance', () => {
  let pod: ReplicatedPod;
  beforeAll(async () => {
    pod = await ReplicatedPod.deploy({
      beforeUserData: async (instance) => {
        const mount = `mkdir -p ${disk} && mount -t tmpfs -o size=256M,mode=0755 tmpfs ${disk}`;
        await instance.succeed('sh', ['-c', mount]);
      },
    });
    await pod.say('Say harbor-1');
  });
  afterAll(() => pod?.close());

  it('fault (storage): the disk of the instance is full while people chat → no word that was answered is lost, the gateway goes on, and all works again with room, without anybody', async () => {
    // `dd` ends with 1 where the disk is full: that is what is wanted.
    await pod.machine.execute('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64k']);
    console.log(await pod.machine.succeed('df', [disk]));
    const answered = ['harbor-1'];
    const begun = performance.now();
    for (let word = 2; performance.now() - begun < 60_000; word += 1) {
      try {
        await pod.say(`Say harbor-${word}`);
        answered.push(`harbor-${word}`);
      } catch (error) {
        console.log(`harbor-${word}: ${String(error).slice(0, 400)}`);
        break;
      }
    }
    const full = await pod.run();
    console.log(
      JSON.stringify(full.conditions.filter(({ status }) => status !== 'True')),
      JSON.stringify(
        full.steps.flatMap(({ name, error, warnings }) =>
          (error ?? warnings.length > 0) ? [{ name, error, warnings }] : [],
        ),
      ),
    );
    console.log(
      await property(pod.machine, 'ActiveState'),
      await property(pod.machine, 'ActiveState', 'openclaw-replica'),
      await readyStatus(pod.region, pod.machine),
    );
    console.log(
      (
        await pod.machine.execute('journalctl', [
          '-u',
          'openclaw',
          '-u',
          'openclaw-replica',
          '-n',
          '60',
          '--no-pager',
          '-o',
          'cat',
        ])
      ).stdout,
    );
    await pod.machine.succeed('rm', [filler]);
    console.log(await pod.machine.succeed('df', [disk]), await pod.machine.succeed('ls', ['-laR', disk]));
    for (let round = 0; round < 12; round++) {
      const went = await pod.say(`Say with-room-${round}`).then(
        () => 'said',
        (error: unknown) => String(error).slice(0, 700),
      );
      console.log(`${Math.round((performance.now() - begun) / 1000)} s: ${went}`);
      if (went === 'said') break;
      await delay(10_000);
    }
    await pod.machine.succeed('systemctl', ['restart', 'openclaw']);
    await untilReady(pod.region, pod.machine);
    await pod.say('Say with-room');
    answered.push('with-room');
    const after = await pod.run();
    console.log(
      JSON.stringify(after.conditions.filter(({ status }) => status !== 'True')),
      JSON.stringify(stepOf(after, 'start-gateway')),
    );
    await delay(2000);
    await pod.losePower();
    const words = await pod.history();
    for (const word of answered) expect(words).toContain(`You said: ${word}`);
  });
});
