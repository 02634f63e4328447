import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { execute, runUserData, whyNoContainer, type Execution } from '../src/container/index.ts';
import { openDataDirectory } from '../src/pod/data-dir.ts';
import { readDeployment } from '../src/pod/deployment.ts';
import { fillArtifactCache } from './container/artifacts.ts';
import { startAndTell } from './container/echo-unit.ts';
import {
  bootstrap,
  lastReport,
  processorSeconds,
  property,
  readyStatus,
  succeeded,
  untilReady,
} from './container/observe.ts';
import { Region } from './container/region.ts';
import { anyText, oneLine } from './container/values.ts';

const reason = await whyNoContainer();
if (reason !== undefined) console.log(`systemd.e2e: left out, because ${reason}`);

const secretValue = 'sk-ant "quoted" \'single\' $HOME %h \\ back`tick`\nsecond line=1 🦞';
const state = '/home/openclaw/.openclaw';

describe.skipIf(reason !== undefined)(
  `an instance with systemd${reason === undefined ? '' : ` (left out: ${reason})`}`,
  () => {
    let directory: string;
    let region: Region;
    let launched: Execution;
    /** Of the launch: the timer's next run, which may be under way in any test, writes its own over it. */
    let report: Awaited<ReturnType<typeof lastReport>>;

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'clawharbor-systemd-'));
      const data = openDataDirectory(directory);
      const deployment = await readDeployment({ directory: data });
      await fillArtifactCache(directory, deployment);
      region = new Region({
        deployment,
        directory: data,
        secret: { ANTHROPIC_API_KEY: secretValue, OPENAI_API_KEY: 'sk-openai-marker-8c1f' },
      });
      await region.start();
      await region.group.until(({ instances }) => region.launches.has(instances[0]?.id ?? ''));
      for (const launch of region.launches.values()) launched = await launch;
      if (region.group.state.instances[0]?.state !== 'InService') {
        throw new Error(`user data failed: ${launched.stdout}${launched.stderr}`);
      }
      report = await lastReport(region.instance);
    });

    afterAll(async () => {
      await region.close();
      await rm(directory, { recursive: true, force: true });
    });

    it('becomes ready under its hardened unit and tells Auto Scaling to go on', async () => {
      expect(launched.exitCode).toBe(0);
      expect(region.group.state.instances.map((instance) => instance.state)).toEqual(['InService']);
      const completed = region.requests.filter(({ operation }) => operation === 'CompleteLifecycleAction');
      expect(completed.map(({ status }) => status)).toEqual([200]);
      expect(await readyStatus(region)).toBe(200);
      console.log(report.steps.map(({ name, durationMs }) => `${name} ${durationMs} ms`).join(', '));
      expect(report.outcome).toBe('ready');
    });

    it('ships the journal before the gateway says its first word', async () => {
      const config = '/run/amazon-cloudwatch-agent/config.json';
      const shipped = shippedSchema.parse(JSON.parse(await region.instance.succeed('cat', [config])));
      expect(shipped.logs.logs_collected.journald.collect_list[0]?.units).toEqual(
        expect.arrayContaining(['openclaw.service', 'ollama.service']),
      );
      const agentStarted = Number(await region.instance.succeed('stat', ['--format=%Y', config]));
      const gatewayStarted = await property(region.instance, 'ActiveEnterTimestampMonotonic');
      const bootSeconds = Number((await region.instance.succeed('cat', ['/proc/uptime'])).split(' ')[0]);
      expect(agentStarted * 1000).toBeLessThan(
        Date.now() - (bootSeconds - Number(gatewayStarted) / 1e6) * 1000,
      );
    });

    it('ships how the pod stands and how old the last good drill is, as CloudWatch makes metrics of it', async () => {
      const config = '/run/amazon-cloudwatch-agent/config.json';
      const shipped = shippedSchema.parse(JSON.parse(await region.instance.succeed('cat', [config])));
      const [item] = shipped.logs.logs_collected.files.collect_list;
      const lines = await region.instance.succeed('cat', [item!.file_path]);
      const said = lines
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object);
      for (const line of said) expect(line).toMatchObject({ _aws: expect.any(Object) });
      const all = Object.assign({}, ...said) as object;
      expect(all).toMatchObject({
        LastGoodDrillAge: expect.any(Number),
        BootstrapRuns: 1,
        NotConvergedFor: 0,
        UpToDate: 1,
        GatewayMemory: expect.any(Number),
        DiskUsed: expect.any(Number),
      });
      // The first run was the launch.
      expect(said.find((line) => 'Launches' in line)).toMatchObject({ Launches: 1, LaunchesAbandoned: 0 });
    });

    describe('from inside the unit', () => {
      const inside = async (script: string) => {
        const pid = await property(region.instance, 'MainPID');
        const asGateway = [`--target=${pid}`, '--mount', '--setuid=1800', '--setgid=1800', '--'];
        return region.instance.execute('nsenter', [...asGateway, 'sh', '-c', script]);
      };

      it.each(['/usr/evil', '/etc/evil', '/opt/openclaw/evil', '/var/lib/evil', '/evil'])(
        '%s cannot be written',
        async (path) => {
          const root = await property(region.instance, 'MainPID');
          // Even root, once inside, meets a read-only file system.
          const asRoot = await region.instance.execute('nsenter', [
            `--target=${root}`,
            '--mount',
            '--',
            'touch',
            path,
          ]);
          expect(asRoot.stderr).toMatch(/Read-only file system/);
        },
      );

      it('the artifacts cannot even be seen, also after they were mounted again', async () => {
        // Else the agent could leave a program there that the next instance installs.
        await region.instance.succeed('systemctl', ['restart', 'var-cache-clawharbor-artifacts.mount']);
        // With it, what replicates the databases was restarted, and so was the gateway, which is not without that.
        await untilReady(region);
        const pid = await property(region.instance, 'MainPID');
        // Without a process there is nothing to look from, and that fails, too.
        expect(pid).not.toBe('0');
        const enter = [`--target=${pid}`, '--mount', '--', 'ls', '/var/cache/clawharbor/artifacts'];
        expect((await region.instance.execute('nsenter', enter)).exitCode).not.toBe(0);
        expect(await region.instance.succeed('ls', ['/var/cache/clawharbor/artifacts'])).toContain(
          'openclaw-',
        );
      });

      it.each([`${state}/written`, '/var/cache/openclaw/written', '/tmp/written'])(
        '%s can be written',
        async (path) => {
          const { exitCode, stderr } = await inside(`touch ${path} && rm ${path}`);
          expect([exitCode, stderr]).toEqual([0, '']);
        },
      );

      it('other homes do not exist', async () => {
        await region.instance.succeed('sh', [
          '-c',
          'mkdir -p /home/alice && echo private > /home/alice/file',
        ]);
        expect((await inside('ls -A /home')).stdout.trim()).toBe('openclaw');
        expect((await inside('ls -A /home/openclaw')).stdout.trim()).toBe('.Trash\n.openclaw');
        expect((await inside('ls -A /root; cat /home/alice/file')).exitCode).not.toBe(0);
      });

      it('no privilege is left and none can be gained', async () => {
        const pid = await property(region.instance, 'MainPID');
        const status = await region.instance.succeed('cat', [`/proc/${pid}/status`]);
        expect(status).toMatch(/^Uid:\s+1800\s+1800\s+1800\s+1800$/m);
        expect(status).toMatch(/^CapBnd:\s+0+$/m);
        expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
        expect(status).toMatch(/^Seccomp:\s+2$/m);
      });
    });

    it('has units that systemd finds nothing wrong with, and that are hardly exposed', async () => {
      const units = [
        'openclaw.service',
        'clawharbor-bootstrap.service',
        'clawharbor-bootstrap.timer',
        'clawharbor-look.service',
        'clawharbor-config.path',
      ];
      const verified = await region.instance.execute('systemd-analyze', ['verify', ...units]);
      expect(verified).toMatchObject({ exitCode: 0, stderr: '', stdout: '' });
      const security = await region.instance.succeed('systemd-analyze', [
        'security',
        '--no-pager',
        'openclaw.service',
      ]);
      const exposure = Number(/Overall exposure level for openclaw.service: ([\d.]+)/.exec(security)?.[1]);
      console.log(`exposure of openclaw.service: ${exposure}`);
      expect(exposure).toBeLessThan(2);
    });

    it('gives the secret to the gateway as it is, and to nobody else', async () => {
      const { instance } = region;
      const pid = await property(instance, 'MainPID');
      const environment = (await instance.succeed('cat', [`/proc/${pid}/environ`])).split('\0');
      expect(environment).toContain(`ANTHROPIC_API_KEY=${secretValue}`);
      expect((await instance.succeed('stat', ['--format=%a %U', '/run/openclaw/environment'])).trim()).toBe(
        '600 root',
      );
      expect((await instance.succeed('stat', ['--file-system', '--format=%T', '/run/openclaw'])).trim()).toBe(
        'tmpfs',
      );

      const password =
        environment.find((line) => line.startsWith('OPENCLAW_GATEWAY_PASSWORD='))?.split('=')[1] ?? '';
      for (const secret of ['sk-ant "quoted"', 'sk-openai-marker-8c1f', password]) {
        expect(secret).not.toBe('');
        const grep = [
          '--recursive',
          '--files-with-matches',
          '--fixed-strings',
          '--binary-files=text',
          '--',
          secret,
        ];
        const disk = await execute('grep', [...grep, join(instance.root, '../upper'), region.state]);
        expect(disk.stdout).toBe('');
        const journal = await instance.succeed('journalctl', ['--no-pager', '--output=export']);
        expect(journal.includes(secret)).toBe(false);
        const commands = await instance.succeed('sh', ['-c', 'cat /proc/[0-9]*/cmdline 2>/dev/null; true']);
        expect(commands.includes(secret)).toBe(false);
        expect((launched.stdout + launched.stderr).includes(secret)).toBe(false);
      }
    });

    it('writes units that systemd reads back as they were, whatever a value holds', async () => {
      const variables = namedBy('SECRET', fc.sample(anyText, 200));
      const environment = namedBy('PUBLIC', fc.sample(oneLine, 100));
      const words = fc.sample(oneLine, 100);
      expect(await startAndTell(region.instance, { variables, environment, words })).toEqual({
        environment: { ...variables, ...environment },
        words,
        // As OpenClaw asks it for each tool: the sandbox lets it.
        toolScore: 1000,
      });
    });

    it('starts local models after it is in service, in a sandbox of their own', async () => {
      const { instance } = region;
      const order = report.steps.map(({ name }) => name);
      expect(order.indexOf('start-ollama')).toBeGreaterThan(order.indexOf('complete-lifecycle'));
      expect(await property(instance, 'ActiveState', 'ollama')).toBe('active');
      const pid = await property(instance, 'MainPID', 'ollama');
      expect(await instance.succeed('cat', [`/proc/${pid}/status`])).toMatch(/^Uid:\s+1801\s/m);
      expect(await instance.succeed('cat', [`/proc/${pid}/environ`])).not.toContain('ANTHROPIC');
      const peek = await instance.execute('nsenter', [
        `--target=${pid}`,
        '--mount',
        '--',
        'ls',
        '-A',
        '/home',
      ]);
      expect(peek.stdout).toBe('');
      const verified = await instance.execute('systemd-analyze', ['verify', 'ollama.service']);
      expect(verified).toMatchObject({ exitCode: 0, stderr: '' });
    });

    it('changes nothing when it runs again', async () => {
      const before = await property(region.instance, 'MainPID');
      await succeeded(bootstrap(region.instance));
      expect(await lastReport(region.instance)).toMatchObject({ outcome: 'unchanged' });
      expect(await property(region.instance, 'MainPID')).toBe(before);
    });

    it('looks each minute whether anything may have changed, and runs only then', async () => {
      const { instance } = region;
      await succeeded(bootstrap(instance));
      const { startedAt } = await lastReport(instance);
      await instance.succeed('systemctl', ['start', 'clawharbor-look.service']);
      const journal = await instance.succeed('journalctl', [
        '--output=cat',
        '--unit=clawharbor-look.service',
      ]);
      expect(journal).toContain('nothing has changed');
      expect(await property(instance, 'ActiveState', 'clawharbor-bootstrap')).toBe('inactive');
      expect((await lastReport(instance)).startedAt).toBe(startedAt);

      await region.deploy({ ...region.spec, readyTimeoutSeconds: region.spec.readyTimeoutSeconds + 1 });
      await instance.succeed('systemctl', ['start', 'clawharbor-look.service']);
      const last = async () => (await lastReport(instance)).startedAt;
      await expect.poll(last, { timeout: 120_000 }).not.toBe(startedAt);

      const run = await processorSeconds(instance, 'clawharbor-bootstrap run');
      const program = '/usr/bin/node-24 /usr/local/lib/clawharbor-look.mjs';
      const look = await processorSeconds(instance, `${program} ssm:${region.deployment.specParameter}`);
      console.log(`processor time: a run ${run.toFixed(2)} s, a look ${look.toFixed(2)} s`);
    });

    it('has one run at a time: one that a person starts waits for the one that goes on', async () => {
      const { instance } = region;
      const lock = '/run/clawharbor-bootstrap.lock';
      const other = instance.succeed('flock', [lock, 'sh', '-c', 'echo held > /run/held; sleep 8']);
      await expect.poll(async () => (await instance.execute('test', ['-e', '/run/held'])).exitCode).toBe(0);
      const { exitCode, stderr } = await instance.execute('clawharbor-bootstrap', ['run'], {
        timeoutSeconds: 300,
      });
      expect([exitCode, stderr]).toEqual([
        0,
        expect.stringContaining(`waits for the run of the bootstrap that has ${lock}`),
      ]);
      await other;
    });

    it('has its administrator although nobody has logged in, and root owns no file beside the databases', async () => {
      const call = ['gateway', 'call', 'users.list', '--json', '--params', '{}'];
      const answer = await region.instance.succeed('openclaw', call);
      const { profiles } = peopleSchema.parse(JSON.parse(answer.slice(answer.indexOf('{'))));
      // Beside whom the configuration of the pod names.
      expect(profiles).toContainEqual({ role: 'admin', emails: ['nobody-logs-in-here'] });
      const foreign = [`${state}/state`, '!', '-uid', '1800'];
      expect(await region.instance.succeed('find', foreign)).toBe('');
    });

    it('has a command line that shares the gateway’s sandbox: it sees that the gateway lives', async () => {
      expect(await region.instance.succeed('openclaw', ['config', 'validate', '--json'])).toContain(
        '"valid":true',
      );
      const repair = await region.instance.execute('openclaw', ['doctor', '--fix'], { timeoutSeconds: 120 });
      expect(repair.exitCode).toBe(1);
      expect(repair.stdout + repair.stderr).toMatch(/another OpenClaw process owns gateway-lifecycle/);
    });

    it('puts a config back that was removed or emptied while the gateway runs, before anybody edits it', async () => {
      const { instance } = region;
      const file = join(region.state, 'openclaw.json');
      const good = await readFile(file, 'utf8');
      const before = await property(instance, 'MainPID');
      expect(await property(instance, 'ActiveState', 'clawharbor-config.path')).toBe('active');
      // The timer would do it, too, within a minute.
      await instance.succeed('systemctl', ['stop', 'clawharbor-bootstrap.timer']);
      for (const lose of [`rm ${state}/openclaw.json`, `truncate --size=0 ${state}/openclaw.json`]) {
        await instance.succeed('runuser', ['-u', 'openclaw', '--', 'sh', '-c', lose]);
        const lost = performance.now();
        const now = () => readFile(file, 'utf8').catch(() => '');
        await expect.poll(now, { timeout: 30_000, interval: 100 }).toBe(good);
        console.log(`${lose}: back after ${Math.round(performance.now() - lost)} ms`);
        const idle = () => property(instance, 'ActiveState', 'clawharbor-bootstrap');
        await expect.poll(idle, { timeout: 60_000 }).toBe('inactive');
        const inEffect = { type: 'ConfigInEffect', status: 'True' };
        expect((await lastReport(instance)).conditions).toContainEqual(inEffect);
      }
      expect(await property(instance, 'MainPID')).toBe(before);
      await instance.succeed('systemctl', ['start', 'clawharbor-bootstrap.timer']);
    });

    it('fault (gateway): the kernel kills it (SIGKILL, as for want of memory) → systemd starts it again', async () => {
      const before = await property(region.instance, 'MainPID');
      await region.instance.succeed('kill', ['-9', before]);
      await untilReady(region);
      expect(await property(region.instance, 'MainPID')).not.toBe(before);
      expect(Number(await property(region.instance, 'NRestarts'))).toBe(1);
    });

    it('fault (instance): a reboot → the pod comes back by itself, with its secrets, and does not signal again', async () => {
      const before = await lastReport(region.instance);
      await region.instance.reboot();
      await untilReady(region);
      await expect
        .poll(async () => (await lastReport(region.instance)).startedAt, { timeout: 60_000 })
        .not.toBe(before.startedAt);
      const pid = await property(region.instance, 'MainPID');
      expect(await region.instance.succeed('cat', [`/proc/${pid}/environ`])).toContain(
        'ANTHROPIC_API_KEY=sk-ant',
      );
      expect(region.requests.filter(({ operation }) => operation === 'CompleteLifecycleAction')).toHaveLength(
        1,
      );
    });

    it('fault (config): a broken config at a restart of the gateway → exit code 78 and no loop; the next run restores the last good one', async () => {
      const { instance } = region;
      // Each of them would have the config mended while the gateway reads it.
      await instance.succeed('systemctl', ['stop', 'clawharbor-bootstrap.timer', 'clawharbor-config.path']);
      const idle = () => property(instance, 'ActiveState', 'clawharbor-bootstrap');
      await expect.poll(idle, { timeout: 120_000 }).toBe('inactive');
      const file = join(region.state, 'openclaw.json');
      const good = await readFile(file, 'utf8');
      await writeFile(file, good.replace('{', '{ bogus: true,'));
      await instance.succeed('systemctl', ['restart', 'openclaw.service']);
      await expect.poll(() => property(instance, 'ActiveState'), { timeout: 60_000 }).toBe('failed');
      expect(await property(instance, 'ExecMainStatus')).toBe('78');
      const restarts = await property(instance, 'NRestarts');
      await delay(8000);
      expect(await property(instance, 'NRestarts')).toBe(restarts);
      expect(await property(instance, 'ActiveState')).toBe('failed');

      // What a restart cannot mend, the next run of the bootstrap does.
      await succeeded(bootstrap(instance));
      expect(await readyStatus(region)).toBe(200);
      expect(await readFile(file, 'utf8')).toBe(good);
      await instance.succeed('systemctl', ['start', 'clawharbor-bootstrap.timer']);
    });

    it('fault (instance): two instances on one state, and then the first one loses its power → the second waits at the fence, and takes over', async () => {
      const second = await region.createInstance('i-0second0000000');
      await second.boot();
      const launching = runUserData(second);
      // In the run that brings the databases, or in its unit where they are on the file system.
      const processes = "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '";
      const waits = async () => (await second.execute('sh', ['-c', processes])).stdout;
      await expect.poll(waits, { timeout: 240_000, interval: 1000 }).toContain('flock --exclusive');
      expect(await readyStatus(region)).toBe(200);
      expect(await readyStatus(region, second)).not.toBe(200);

      await region.instance.powerCut();
      await untilReady(region, second);
      const { exitCode, stderr } = await launching;
      expect(exitCode, stderr).toBe(0);
    });
  },
);

const peopleSchema = z.object({
  profiles: z.array(z.object({ role: z.string(), emails: z.array(z.string()) })),
});

const shippedSchema = z.object({
  logs: z.object({
    logs_collected: z.object({
      files: z.object({ collect_list: z.array(z.object({ file_path: z.string() })) }),
      journald: z.object({ collect_list: z.array(z.object({ units: z.array(z.string()) })) }),
    }),
  }),
});

function namedBy(prefix: string, values: readonly string[]): Record<string, string> {
  return Object.fromEntries(values.map((value, index) => [`${prefix}_${index}`, value]));
}
