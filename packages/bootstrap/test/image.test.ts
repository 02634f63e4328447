import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, statfsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { converge } from '../src/converge.ts';
import { ArtifactCache } from '../src/install/artifact-cache.ts';
import { imageOf, storeImage } from '../src/install/image.ts';
import { GatewayLine } from '../src/openclaw/gateway-line.ts';
import { planRun } from '../src/plan.ts';
import type { Report } from '../src/report.ts';
import { makeImage } from '../src/steps/make-image.ts';
import type { StepContext } from '../src/steps/step.ts';
import { ReleaseRecords } from '../src/upgrade/records.ts';
import {
  ImageHost,
  loopsBelow,
  mountsBelow,
  ownership,
  unmountBelow,
  whyNoImages,
  type Lacks,
} from './stand-ins/images.ts';
import { artifactOfThisMachine, makePod, storeStandIn, type TestPod } from './stand-ins/pod.ts';
import { SmallDisk } from './stand-ins/small-disk.ts';

const [old, next] = ['2026.9.5', '2026.9.6'] as const;
const image = imageOf(artifactOfThisMachine());

const step = (report: Report, name: string) => report.steps.find((each) => each.name === name);
const warnings = (report: Report) => report.steps.flatMap((each) => each.warnings);

describe.skipIf(whyNoImages !== undefined)(
  `OpenClaw as an image${whyNoImages === undefined ? '' : ` (left out: ${whyNoImages})`}`,
  () => {
    let pod: TestPod;
    let hosts: ImageHost[];
    beforeEach(async () => {
      pod = await makePod();
      hosts = [];
    });
    afterEach(async () => {
      for (const host of hosts) await host.close();
      unmountBelow(pod.directory);
      await pod.close();
    });

    /** Another instance with the same durable state. @param lacks what it does without */
    function launch(lacks?: Lacks): ImageHost {
      const { state, artifacts } = pod.host.layout;
      const root = join(pod.directory, `machine-${hosts.length}`);
      const host = new ImageHost({ root, state, artifacts, logs: join(pod.directory, 'logs') }, lacks);
      hosts.push(host);
      return host;
    }

    const prepare = (host: ImageHost) => converge(pod.spec(), host, { phase: 'prepare' });
    const installed = (host: ImageHost, version: string = next) => join(host.layout.install, version);
    const modules = (host: ImageHost, version?: string) => join(installed(host, version), 'node_modules');
    const stored = () => join(pod.host.layout.artifacts, image);
    const cache = () => new ArtifactCache(pod.host.layout.artifacts);

    /** The image that a first instance has made. @param bytes more than the stand-in has */
    async function storeOne(version: typeof old | typeof next = next, bytes = 0): Promise<void> {
      const host = launch();
      const artifact = artifactOfThisMachine(version);
      await mkdir(installed(host, version), { recursive: true });
      await cache().restore(artifact, installed(host, version));
      if (bytes > 0) await writeFile(join(modules(host, version), 'more'), randomBytes(bytes));
      const { signal } = new AbortController();
      const target = installed(host, version);
      await storeImage(host, { images: host.images, cache: cache(), artifact, target, signal });
    }

    async function makeSlow(host: ImageHost): Promise<void> {
      await prepare(host);
      // A moment that is long enough to be seen.
      for (let part = 0; part < 6; part += 1)
        await writeFile(join(modules(host), `part-${part}`), randomBytes(16 * 1024 * 1024));
    }

    const isBeingMade = async (host: ImageHost): Promise<boolean> =>
      (await readdir(host.layout.install)).some((name) => name.includes('.squashfs.'));

    test('is made by the first instance once nobody waits for it, and the next one mounts it', async () => {
      const first = launch();
      expect(await planRun(pod.spec(), first)).toContainEqual(
        expect.objectContaining({ name: 'make-image', changes: [] }),
      );
      const made = await converge(pod.spec(), first);
      expect(made.outcome).toBe('ready');
      expect(step(made, 'install-openclaw')?.changes).toEqual(['OpenClaw 2026.9.6 from the artifact cache']);
      expect(made.steps.at(-1)).toMatchObject({ name: 'make-image', status: 'changed' });
      const checksum = createHash('sha256').update(await readFile(stored()));
      expect(await readFile(`${stored()}.sha256`, 'utf8')).toBe(`${checksum.digest('hex')}\n`);
      expect(mountsBelow(pod.directory)).toEqual([]);
      expect((await converge(pod.spec(), first)).outcome).toBe('unchanged');
      const unpacked = ownership(join(modules(first), 'openclaw', 'openclaw.mjs'));
      await first.close();

      const second = launch();
      const { mtimeMs } = await stat(stored());
      const plan = (await planRun(pod.spec(), second)).find(({ name }) => name === 'install-openclaw');
      expect(plan?.changes).toEqual([`install OpenClaw 2026.9.6 from ${image}`]);
      const report = await converge(pod.spec(), second);
      expect(report.outcome).toBe('ready');
      expect(step(report, 'install-openclaw')?.changes).toEqual(['OpenClaw 2026.9.6 from its image']);
      expect(warnings(report)).toEqual([]);
      const [mount, ...others] = mountsBelow(pod.directory);
      expect(others).toEqual([]);
      expect(mount).toMatchObject({ at: modules(second), type: 'squashfs' });
      expect(mount?.options).toEqual(expect.arrayContaining(['ro', 'nosuid', 'nodev']));
      // The bootstrap's own service has mounts of its own: what it mounted there, no gateway would see.
      expect(second.asked).toContainEqual(expect.stringMatching(/^nsenter --target=1 --mount -- mount /));
      await expect(writeFile(join(modules(second), 'openclaw', 'planted.mjs'), '')).rejects.toThrow(/EROFS/);
      expect(ownership(join(modules(second), 'openclaw', 'openclaw.mjs'))).toBe(unpacked);
      // What belongs to the release lies beside it, plugins as well.
      expect(await readdir(installed(second))).toEqual(
        expect.arrayContaining(['package.json', 'package-lock.json']),
      );
      await mkdir(join(installed(second), 'plugins'), { recursive: true });

      const again = await converge(pod.spec(), second);
      expect(again.outcome).toBe('unchanged');
      expect((await planRun(pod.spec(), second)).flatMap(({ changes }) => changes)).toEqual([]);
      expect((await stat(stored())).mtimeMs).toBe(mtimeMs);
    });

    test('is the same whoever makes it', async () => {
      await storeOne();
      const one = await readFile(`${stored()}.sha256`, 'utf8');
      await storeOne();
      expect(await readFile(`${stored()}.sha256`, 'utf8')).toBe(one);
    });

    test('fault (storage): the image of OpenClaw is torn → it is set aside, OpenClaw is unpacked, and the image is made again', async () => {
      await storeOne();
      await truncate(stored(), 2000);
      const host = launch();
      const report = await converge(pod.spec(), host);
      expect(report.outcome).toBe('ready');
      expect(step(report, 'install-openclaw')).toMatchObject({
        changes: ['OpenClaw 2026.9.6 from the artifact cache'],
        warnings: [{ code: 'ARTIFACT_CORRUPT', message: expect.stringContaining(`${image}.corrupt`) }],
      });
      expect(mountsBelow(pod.directory)).toEqual([]);
      expect(step(report, 'make-image')?.status).toBe('changed');
      const mended = await prepare(launch());
      expect(step(mended, 'install-openclaw')?.changes).toEqual(['OpenClaw 2026.9.6 from its image']);
    });

    test('fault (instance): there is no mksquashfs, nor a repository that has it → there is no image, and nobody is told more than once', async () => {
      const host = launch({ tools: true });
      const report = await converge(pod.spec(), host);
      expect(report.outcome).toBe('ready');
      expect(step(report, 'make-image')).toMatchObject({
        status: 'skipped',
        changes: [expect.stringContaining('no mksquashfs')],
        warnings: [],
      });
      expect(existsSync(stored())).toBe(false);
      expect(host.asked.at(-1)).toMatch(/^dnf install .*squashfs-tools$/);
      const asked = host.asked.length;
      expect((await converge(pod.spec(), host)).outcome).toBe('unchanged');
      expect(host.asked).toHaveLength(asked);
      expect(await planRun(pod.spec(), host)).toContainEqual(
        expect.objectContaining({ name: 'make-image', changes: [] }),
      );
    });

    test('fault (instance): the kernel mounts no image that is made → none is stored for others to try, and it is not made again', async () => {
      const host = launch({ kernel: true });
      const report = await converge(pod.spec(), host);
      expect(report.outcome).toBe('ready');
      expect(step(report, 'make-image')).toMatchObject({
        status: 'skipped',
        changes: [expect.stringContaining('wrong fs type')],
        warnings: [],
      });
      expect(existsSync(stored())).toBe(false);
      expect(await readdir(host.layout.install)).toEqual([next]);
      expect(loopsBelow(pod.directory)).toEqual([]);
      const asked = host.asked.length;
      await converge(pod.spec(), host);
      expect(host.asked).toHaveLength(asked);
    });

    test('fault (storage): the image of OpenClaw cannot be stored → a warning, and the pod runs', async () => {
      // What has its name is no file that a rename could replace.
      await mkdir(join(stored(), 'in the way'), { recursive: true });
      const host = launch();
      const report = await converge(pod.spec(), host);
      expect(report.outcome).toBe('ready');
      expect(step(report, 'make-image')).toMatchObject({
        status: 'unchanged',
        warnings: [{ code: 'ARTIFACT_NOT_STORED', message: expect.stringContaining(image) }],
      });
      expect(warnings(await converge(pod.spec(), host))).toEqual([]);
      expect(await readdir(host.layout.install)).toEqual([next]);
    });

    test('fault (instance): the kernel does not mount the image of OpenClaw → OpenClaw is unpacked, and the report says why without a warning', async () => {
      const file = join(pod.directory, 'no image');
      await writeFile(file, randomBytes(100_000));
      await cache().storeFile(image, file);
      const host = launch();
      const report = await prepare(host);
      expect(report.outcome).toBe('prepared');
      expect(step(report, 'install-openclaw')?.changes).toEqual([
        expect.stringMatching(/from the artifact cache; its image was not mounted: mount: .*wrong fs type/),
      ]);
      expect(warnings(report)).toEqual([]);
      expect(await readdir(modules(host))).toEqual(['openclaw']);
      expect([mountsBelow(pod.directory), loopsBelow(pod.directory)]).toEqual([[], []]);
      expect(step(await prepare(host), 'install-openclaw')?.status).toBe('unchanged');
    });

    test('fault (storage): the disk of the instance is full while the image of OpenClaw is copied to it → DISK_FULL; the image is not called corrupt, and the next run with room mounts it', async () => {
      await storeOne(next, 8_000_000);
      const host = launch();
      const disk = new SmallDisk(join(pod.directory, `machine-${hosts.length - 1}`));
      try {
        disk.leave(500);
        const report = await prepare(host);
        expect(step(report, 'install-openclaw')?.error?.code).toBe('DISK_FULL');
        expect(await readdir(host.layout.install)).toEqual([]);
        expect(await readdir(pod.host.layout.artifacts)).toContain(`${image}.sha256`);
        disk.grow();
        expect(step(await prepare(host), 'install-openclaw')?.changes).toEqual([
          'OpenClaw 2026.9.6 from its image',
        ]);
      } finally {
        await host.images.unmount(modules(host));
        disk.close();
      }
    });

    test('fault (instance): a reboot with OpenClaw as an image → its copy on the machine is checked and mounted again, and nothing is read from elsewhere', async () => {
      await storeOne();
      const host = launch();
      await prepare(host);
      unmountBelow(pod.directory);
      await rm(pod.host.layout.artifacts, { recursive: true });
      const report = await prepare(host);
      expect(step(report, 'install-openclaw')?.changes).toEqual(['OpenClaw 2026.9.6 from its image']);
      expect(mountsBelow(pod.directory)).toHaveLength(1);
      expect(step(await prepare(host), 'install-openclaw')?.status).toBe('unchanged');
    });

    test.each([
      ['zeros', (file: string) => writeFile(file, Buffer.alloc(50_000))],
      ['nothing', (file: string) => rm(file)],
    ])(
      'fault (instance): a power cut has left %s of the image on the machine → it is copied again',
      async (_, spoil) => {
        await storeOne();
        const host = launch();
        await prepare(host);
        unmountBelow(pod.directory);
        await spoil(join(installed(host), 'openclaw.squashfs'));
        const report = await prepare(host);
        expect(step(report, 'install-openclaw')?.changes).toEqual(['OpenClaw 2026.9.6 from its image']);
        expect(warnings(report)).toEqual([]);
        expect(mountsBelow(pod.directory)).toHaveLength(1);
      },
    );

    test('makes way for another installation of its release, and nothing of it stays mounted', async () => {
      await storeOne();
      const host = launch();
      await prepare(host);
      await writeFile(join(installed(host), '.clawharbor-installed'), 'something else');
      await prepare(host);
      expect(mountsBelow(pod.directory)).toHaveLength(1);
      expect(loopsBelow(pod.directory)).toHaveLength(1);
      await rm(pod.host.layout.artifacts, { recursive: true });
      await storeStandIn(pod.directory);
      await writeFile(join(installed(host), '.clawharbor-installed'), 'something else');
      const report = await prepare(host);
      expect(step(report, 'install-openclaw')?.changes).toEqual([
        'OpenClaw 2026.9.6 from the artifact cache',
      ]);
      expect([mountsBelow(pod.directory), loopsBelow(pod.directory)]).toEqual([[], []]);
      expect(await readdir(host.layout.install)).toEqual([next]);
    });

    test('goes with its release, a week after an upgrade, and so does the mount', async () => {
      await storeStandIn(pod.directory, old);
      await storeOne(old);
      await storeOne(next);
      const host = launch();
      const spec = (version: typeof old | typeof next) => {
        const usual = pod.spec();
        return { ...usual, openclaw: { ...usual.openclaw, version } };
      };
      await converge(spec(old), host, { phase: 'prepare' });
      expect((await converge(spec(next), host)).outcome).toBe('ready');
      expect(mountsBelow(pod.directory).map(({ at }) => at)).toEqual([modules(host, old), modules(host)]);
      const at = new Date(Date.now() - 8 * 86_400_000).toISOString();
      await new ReleaseRecords(host).saveLast({ version: next, at, upgraded: { from: old, at } });
      const report = await converge(spec(next), host);
      expect(step(report, 'upgrade')?.changes.join('\n')).toContain(installed(host, old));
      expect(mountsBelow(pod.directory).map((mount) => mount.at)).toEqual([modules(host)]);
      expect(loopsBelow(pod.directory)).toEqual([join(installed(host), 'openclaw.squashfs')]);
      expect(await readdir(host.layout.install)).toEqual([next]);
      expect((await readdir(pod.host.layout.artifacts)).filter((name) => name.includes(old))).toEqual([]);
    });

    test('fault (kill): SIGKILL while the image of OpenClaw is made → nothing of it counts, and the next run removes what is left and makes it', async () => {
      const host = launch();
      await makeSlow(host);
      const program = `
        import { ArtifactCache } from ${JSON.stringify(new URL('../src/install/artifact-cache.ts', import.meta.url))};
        import { storeImage } from ${JSON.stringify(new URL('../src/install/image.ts', import.meta.url))};
        import { ImageHost } from ${JSON.stringify(new URL('stand-ins/images.ts', import.meta.url))};
        const { options, artifact, target } = JSON.parse(process.argv[1]);
        const host = new ImageHost(options);
        const cache = new ArtifactCache(options.artifacts);
        const { signal } = new AbortController();
        await storeImage(host, { images: host.images, cache, artifact, target, signal });`;
      const { state, artifacts } = host.layout;
      const options = { root: join(pod.directory, 'machine-0'), state, artifacts };
      const given = JSON.stringify({ options, artifact: artifactOfThisMachine(), target: installed(host) });
      const child = spawn(
        process.execPath,
        ['--conditions=source', '--input-type=module', '--eval', program, given],
        { stdio: ['ignore', 'ignore', 'inherit'] },
      );
      const ended = new Promise((resolve) => child.once('close', resolve));
      await vi.waitFor(async () => expect(await isBeingMade(host)).toBe(true), {
        timeout: 60_000,
        interval: 5,
      });
      child.kill('SIGKILL');
      await ended;
      expect(await isBeingMade(host)).toBe(true);
      expect((await readdir(artifacts)).filter((name) => name.includes('.squashfs'))).toEqual([]);

      const report = await converge(pod.spec(), host);
      expect(step(report, 'sweep-leftovers')?.changes).toContainEqual(expect.stringContaining('.squashfs.'));
      expect(step(report, 'make-image')?.status).toBe('changed');
      expect(await readdir(host.layout.install)).toEqual([next]);
      expect((await readdir(artifacts)).filter((name) => name.includes('.squashfs'))).toEqual([
        image,
        `${image}.sha256`,
      ]);
    });

    test('fault (instance): each run is killed while the image of OpenClaw is made, as by a limit of memory → the next one on this machine does not begin it again', async () => {
      const host = launch();
      await makeSlow(host);
      const context: StepContext = {
        spec: pod.spec(),
        host,
        secretEnvironment: async () => ({}),
        line: new GatewayLine(host),
        startedAt: new Date(),
        done: new Map(),
        signal: new AbortController().signal,
      };
      const ended = new AbortController();
      const first = makeImage.apply({ ...context, signal: ended.signal });
      while (!(await isBeingMade(host))) await sleep(5);
      // What is on the disk now is what a kill leaves there.
      expect(await makeImage.apply(context)).toEqual({
        changes: [],
        skipped: expect.stringMatching(/began to make an image .* was ended/),
      });
      expect(host.asked.filter((line) => line.includes('mksquashfs /'))).toHaveLength(1);
      expect(await makeImage.plan(context)).toEqual([]);
      ended.abort();
      await expect(first).rejects.toThrow();
      // Another machine is none that it is known of.
      expect(step(await converge(pod.spec(), launch()), 'make-image')?.status).toBe('changed');
    });

    test('fault (storage): the disk of the instance has no room for an image of OpenClaw → none is begun, which would take the last of it from the databases', async () => {
      const host = launch();
      expect((await prepare(host)).outcome).toBe('prepared');
      // An artifact that takes no room itself, with more bytes than there would be room for its image.
      const { bavail, bsize } = statfsSync(host.layout.install);
      await truncate(join(host.layout.artifacts, artifactOfThisMachine()), Math.floor((bavail * bsize) / 2));
      const report = await converge(pod.spec(), host);
      expect(step(report, 'make-image')).toMatchObject({
        status: 'skipped',
        changes: [expect.stringMatching(/MB of room/)],
      });
      expect(host.asked.filter((line) => line.includes('mksquashfs /'))).toEqual([]);
    });

    test('fault (kill): a run is stopped while the image of OpenClaw is made → it is let go of, and no failure is remembered', async () => {
      const host = launch();
      await makeSlow(host);
      const ended = new AbortController();
      const options = {
        signal: ended.signal,
        onEvent: ({ step: name, status }: { step: string; status: string }) => {
          if (name !== 'make-image' || status !== 'started') return;
          void (async () => {
            while (!(await isBeingMade(host))) await sleep(5);
            ended.abort();
          })();
        },
      };
      const stopped = await converge(pod.spec(), host, options);
      expect(stopped.outcome).toBe('stopped');
      expect(step(stopped, 'make-image')?.status).toBe('stopped');
      expect(await readdir(host.layout.install)).toEqual([next]);
      expect(step(await converge(pod.spec(), host), 'make-image')?.status).toBe('changed');
    });
  },
);

test('the name of an image says what its artifact is', () => {
  expect(imageOf('openclaw-2026.9.6-linux-arm64-0123456789abcdef.tar.zst')).toBe(
    'openclaw-2026.9.6-linux-arm64-0123456789abcdef.squashfs',
  );
});
