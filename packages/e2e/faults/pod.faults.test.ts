import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { lockDataDirectory } from '../src/pod/data-dir-lock.ts';
import { openDataDirectory } from '../src/pod/data-dir.ts';
import { processesBelow } from '../src/pod/orphans.ts';
import { tryPort } from '../src/pod/port.ts';
import { openSecretsManager } from '../src/pod/secret.ts';
import { request } from '../e2e/support/gateway-client.ts';
import type { LocalPod } from '../e2e/support/local-pod.ts';
import { endPods, failureOf, newPod } from '../e2e/support/pods.ts';

afterEach(endPods);

async function gatewayPid(pod: LocalPod): Promise<number> {
  for (const pid of await processesBelow(join(pod.dataDir, 'instances'))) {
    const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    // It gives itself this name as soon as it runs.
    if (args.startsWith('openclaw-gateway') || /openclaw\.mjs\0gateway/.test(args)) return pid;
  }
  throw new Error('no gateway process');
}

async function until(what: string, condition: () => Promise<boolean> | boolean, seconds = 90): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((wake) => setTimeout(wake, 250));
  }
}

describe('OpenClaw', () => {
  test('fault (release): no registry, and OpenClaw is not in the cache → the start ends with OPENCLAW_NOT_INSTALLABLE', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'clawharbor-npm-'));
    const pod = await newPod({
      cold: true,
      environment: { npm_config_offline: 'true', npm_config_cache: empty },
    });
    expect(await failureOf(pod)).toMatch(/^OPENCLAW_NOT_INSTALLABLE: /);
    rmSync(empty, { recursive: true });
  });

  test('fault (release): no registry, and OpenClaw is in the cache → it is installed from it', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'clawharbor-npm-'));
    const pod = await newPod({ environment: { npm_config_offline: 'true', npm_config_cache: empty } });
    expect((await pod.up()).event).toBe('ready');
    rmSync(empty, { recursive: true });
  });
});

describe('a running pod', () => {
  test('fault (gateway): the gateway is killed, then its supervisor, then the config is half a text → the pod answers again each time, with the same people and state', async () => {
    const pod = await newPod();
    const first = await pod.up();
    const answers = async () => (await request(first.url, '/')).status === 302;

    // The gateway is killed: it comes back on the same instance.
    const killed = await gatewayPid(pod);
    process.kill(killed, 'SIGKILL');
    await until('a new gateway process', async () => (await gatewayPid(pod).catch(() => killed)) !== killed);
    await until('a healthy target', () => pod.status().instances[0]?.targetHealth === 'healthy');
    expect(pod.status().instances[0]?.instanceId).toBe(first.instanceId);

    // Secrets go live without a replacement and are nowhere on disk.
    const value = `sk-${Math.random().toString(36).slice(2)}-very-secret`;
    expect(pod.commandWithInput(value, 'secret', 'set', 'ANTHROPIC_API_KEY').exitCode).toBe(0);
    await until('the gateway with the new secret', async () => {
      const pid = await gatewayPid(pod).catch(() => undefined);
      return (
        pid !== undefined &&
        readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`ANTHROPIC_API_KEY=${value}`)
      );
    });
    await until('a healthy target', () => pod.status().instances[0]?.targetHealth === 'healthy');
    const holders = execFileSync('sh', ['-c', `grep -rlF -- "$0" "$1" || true`, value, pod.dataDir], {
      encoding: 'utf8',
    });
    expect(holders).toBe('');

    // The supervisor is killed: the next start recovers, with the same people and the same state.
    await pod.end('SIGKILL');
    const second = await pod.up();
    expect(second.users.map(({ username }) => username)).toEqual(first.users.map(({ username }) => username));
    expect(await answers()).toBe(true);

    // A second start on the same data directory is refused and harms nothing.
    const { exitCode, stderr } = pod.command('up', '--port', String(pod.port + 1));
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/DATA_DIR_BUSY: /);
    expect(await answers()).toBe(true);

    // A live config that cannot be parsed is set aside, and the last good one is restored.
    writeFileSync(join(pod.dataDir, 'efs/openclaw.json'), '{ "gateway": { "port": ');
    await until('the last good config', () =>
      JSON.stringify(pod.status().report).includes('CONFIG_UNPARSABLE'),
    );
    const { exitCode: replaced, stderr: reason } = pod.command('replace');
    expect(replaced, reason).toBe(0);
    expect(await answers()).toBe(true);
    expect(
      readdirSync(join(pod.dataDir, 'efs')).filter((name) => /unparsable|set-aside|broken/.test(name)).length,
    ).toBeGreaterThan(0);

    // Once down says so, everything has ended: the next start may follow at once.
    expect(pod.command('down').exitCode).toBe(0);
    const lock = lockDataDirectory(openDataDirectory(pod.dataDir));
    expect(lock).toBeDefined();
    lock?.release();
    expect(await tryPort(pod.port)).toBe(pod.port);
    expect(await processesBelow(pod.dataDir)).toEqual([]);
    expect(await pod.ended()).toBe(0);
  });

  test('fault (config): a secret that would change the process (LD_PRELOAD) → SECRET_INVALID, and no instance comes into service until it is right', async () => {
    const pod = await newPod();
    const first = await pod.up();
    // Whoever sets a secret in Secrets Manager itself is not held back by `secret set`.
    const directory = openDataDirectory(pod.dataDir);
    const { region, arn } = JSON.parse(readFileSync(join(directory.aws, 'pod-secret.json'), 'utf8')) as {
      region: string;
      arn: string;
    };
    const secrets = await openSecretsManager(directory, region);
    const good = await secrets.get(arn);
    await secrets.put(arn, JSON.stringify({ LD_PRELOAD: 'x' }));

    const { exitCode, stdout, stderr } = pod.command('replace', '--json');
    expect(exitCode, stderr).toBe(1);
    expect(stderr).toMatch(/^SECRET_INVALID: .*LD_PRELOAD/m);
    const last = JSON.parse(stdout.trim().split('\n').at(-1)!) as unknown;
    expect(last).toMatchObject({ event: 'error', code: 'SECRET_INVALID' });

    await secrets.put(arn, good);
    await until('an instance that Auto Scaling launched by itself', () =>
      pod
        .status()
        .instances.some(
          ({ instanceId, lifecycleState, targetHealth }) =>
            instanceId !== first.instanceId && lifecycleState === 'InService' && targetHealth === 'healthy',
        ),
    );
    expect((await request(first.url, '/')).status).toBe(302);
  });

  test('fault (gateway): it never becomes ready → GATEWAY_NOT_READY after readyTimeoutSeconds, and nothing is left running', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'clawharbor-config-'));
    const file = join(folder, 'pod.config.json');
    const config = {
      account: '123456789012',
      region: 'eu-central-1',
      domain: {
        hostedZone: { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' },
        names: ['openclaw.example.com'],
      },
      launch: { readyTimeoutSeconds: 15 },
    };
    writeFileSync(file, JSON.stringify(config));
    const pod = await newPod({ arguments: ['--config', file] });
    const failure = failureOf(pod);
    // A gateway that hangs from its start: frozen as soon as it appears.
    await until('a gateway process', async () => {
      const pid = await gatewayPid(pod).catch(() => undefined);
      if (pid !== undefined) process.kill(pid, 'SIGSTOP');
      return pid !== undefined;
    });
    expect(await failure).toMatch(/^GATEWAY_NOT_READY: /);
    expect(await processesBelow(pod.dataDir)).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});
