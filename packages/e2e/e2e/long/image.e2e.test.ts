import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { escapePath } from '@clawharbor/bootstrap/systemd';
import { whyNoContainer } from '../../src/container/index.ts';
import { property, readyStatus, untilReady } from '../container/observe.ts';
import { ReplicatedPod, stepOf } from '../container/replicated-pod.ts';
import { putSquashfsTools, whyNoImages } from '../container/squashfs-tools.ts';

const reason = (await whyNoContainer()) ?? (await whyNoImages());
if (reason !== undefined) console.log(`image.e2e: left out, because ${reason}`);

const version = '2026.9.6';
const modules = `/opt/openclaw/${version}/node_modules`;

describe.skipIf(reason !== undefined)(
  `a pod whose OpenClaw is an image${reason === undefined ? '' : ` (left out: ${reason})`}`,
  () => {
    let pod: ReplicatedPod;
    beforeAll(async () => {
      pod = await ReplicatedPod.deploy({
        releases: [version],
        beforeUserData: putSquashfsTools,
      });
      await pod.say('Say harbor-1');
    });
    afterAll(() => pod?.close());

    const findmnt = (...inside: string[]) => {
      const [file, ...args] = [...inside, 'findmnt', '--noheadings', '--output', 'FSTYPE,OPTIONS', modules];
      return pod.machine.execute(file, args);
    };

    /** What PID 1 and the gateway see there is the same image, and neither can write to it. */
    async function expectMounted(): Promise<void> {
      const inside = ['nsenter', `--target=${await property(pod.machine, 'MainPID')}`, '--mount', '--'];
      for (const where of [[], inside]) {
        const { stdout } = await findmnt(...where);
        expect(stdout).toMatch(/^squashfs\s+ro,nosuid,nodev/);
        const [file, ...args] = [...where, 'touch', `${modules}/planted`];
        expect((await pod.machine.execute(file, args)).stderr).toContain('Read-only file system');
      }
      // Else a shutdown would take it from a gateway that still ends people's turns.
      expect(await property(pod.machine, 'After')).toContain(`${escapePath(modules)}.mount`);
    }

    it('unpacks it on its first instance, which makes the image when nobody waits for it', async () => {
      const made = async () =>
        (await readdir(pod.region.artifacts)).filter((name) => name.includes('.squashfs'));
      await expect
        .poll(made, { timeout: 300_000, interval: 1000 })
        .toEqual([expect.stringMatching(/^openclaw-.*\.squashfs$/), expect.stringMatching(/\.sha256$/)]);
      expect((await findmnt()).exitCode).toBe(1);
      expect(await readyStatus(pod.region)).toBe(200);
    });

    it('mounts it on the next one, whose gateway goes on with all that was said', async () => {
      await pod.replace();
      const report = await pod.report();
      console.log(report.steps.map(({ name, durationMs }) => `${name} ${durationMs}`).join(', '));
      expect(stepOf(report, 'install-openclaw')).toMatchObject({
        changes: [`OpenClaw ${version} from its image`],
        warnings: [],
      });
      await expectMounted();
      expect(await pod.history()).toContain('You said: harbor-1');
      await pod.say('Say harbor-2');
    });

    it('fault (instance): an instance that has mounted OpenClaw is rebooted → it is mounted again before the gateway starts, for the gateway as well', async () => {
      await pod.machine.reboot();
      await untilReady(pod.region, pod.machine);
      await expectMounted();
      expect(await pod.history()).toContain('You said: harbor-2');
    });
  },
);
