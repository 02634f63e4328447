import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { property, readyStatus } from '../e2e/container/observe.ts';
import { ReplicatedPod } from '../e2e/container/replicated-pod.ts';
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
        const mount = `mkdir -p ${disk} && mount -t tmpfs -o size=512M,mode=0755 tmpfs ${disk}`;
        await instance.succeed('sh', ['-c', mount]);
      },
    });
    await pod.say('Say harbor-1');
  });
  afterAll(() => pod?.close());

  const room = async () => (await pod.run()).conditions.find(({ type }) => type === 'DiskRoom');
  /** Whether somebody gets in and is answered; else it prints why not. */
  const isAnswered = (word: string): Promise<boolean> =>
    pod.say(`Say ${word}`).then(
      () => true,
      (error: Error) => {
        console.log(`${word}: ${error.message.slice(0, 600)}`);
        return false;
      },
    );

  it('fault (storage): the disk of the instance is full while people chat → the report says that nobody gets in, no word that was answered is lost, and all works again once there is room, without anybody', async () => {
    expect(await room()).toMatchObject({ status: 'True' });
    // `dd` ends with 1 where the disk is full: that is what is wanted.
    await pod.machine.execute('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64k']);
    const answered = ['harbor-1'];
    for (const word of ['harbor-2', 'harbor-3']) if (await isAnswered(word)) answered.push(word);
    expect(await room()).toMatchObject({ status: 'False', reason: 'Full' });
    console.log(
      `answered by then: ${answered.join(', ')}; ready: ${await readyStatus(pod.region, pod.machine)}`,
    );

    await pod.machine.succeed('rm', [filler]);
    // As the timer does, each minute until there is room.
    await pod.machine.succeed('systemctl', ['start', 'clawharbor-bootstrap.timer']);
    const begun = performance.now();
    await expect.poll(() => isAnswered('with-room'), { timeout: 240_000, interval: 5000 }).toBe(true);
    console.log(
      `somebody was answered ${Math.round((performance.now() - begun) / 1000)} s after there was room`,
    );
    expect(await room()).toMatchObject({ status: 'True' });
    // It is started again once.
    const pid = await property(pod.machine, 'MainPID');
    expect(await room()).toMatchObject({ status: 'True' });
    expect(await property(pod.machine, 'MainPID')).toBe(pid);
    await delay(2000);
    await pod.losePower();
    const words = await pod.history();
    for (const word of [...answered, 'with-room']) expect(words).toContain(`You said: ${word}`);
  });
});
