import { describe, expect, it } from 'vitest';
import { behindLock } from '../../src/host/behind-lock.ts';
import { renderCommandLineTool } from '../../src/host/systemd/command-line-tool.ts';
import { renderMount } from '../../src/host/systemd/mount.ts';
import { renderUnit } from '../../src/host/systemd/unit-file.ts';
import type { Unit } from '../../src/host/unit.ts';
import { readWords } from './systemd-rules.ts';

const gateway: Unit = {
  name: 'openclaw',
  description: 'OpenClaw gateway, 100 % yours',
  command: [
    '/usr/bin/node-24',
    '--max-old-space-size=1024',
    '/opt/openclaw/openclaw.mjs',
    'gateway',
    "it's 5 $",
  ],
  environment: { GREETING: 'say "100 %" $HOME', OPENCLAW_STATE_DIR: '/home/openclaw/.openclaw' },
  workingDirectory: '/home/openclaw/.openclaw',
  user: 'openclaw',
  writable: ['/home/openclaw/.openclaw', '/var/cache/openclaw', '/var/log/openclaw'],
  homeDirectory: '/home/openclaw/.openclaw',
  lockFile: '/home/openclaw/.openclaw/.clawharbor/fence',
  memoryMegabytes: 3584,
  restart: { delaySeconds: 5, neverOn: [78], burst: { starts: 10, seconds: 300 } },
  stopTimeoutSeconds: 90,
};

function directives(text: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [, name = '', value = ''] of text.matchAll(/^([A-Za-z]+)=(.*)$/gm)) {
    found.set(name, [...(found.get(name) ?? []), value]);
  }
  return found;
}

describe('the gateway as a systemd service', () => {
  const found = directives(renderUnit(gateway));

  it.each([
    ['ProtectSystem', 'strict'],
    ['ProtectHome', 'tmpfs'],
    ['BindPaths', '/home/openclaw/.openclaw'],
    ['NoNewPrivileges', 'yes'],
    ['PrivateTmp', 'yes'],
    ['CapabilityBoundingSet', ''],
    ['SystemCallArchitectures', 'native'],
    ['LimitCORE', '0'],
    ['OOMPolicy', 'continue'],
    ['MemoryMax', '3584M'],
    ['Restart', 'always'],
    ['RestartPreventExitStatus', '78'],
    ['SuccessExitStatus', '0 143'],
    ['KillMode', 'mixed'],
    ['TimeoutStopSec', '90s'],
    ['StartLimitBurst', '10'],
    ['EnvironmentFile', '/run/openclaw/environment'],
  ])('%s=%s', (name, value) => {
    expect(found.get(name)).toEqual([value]);
  });

  it('lets V8 compile', () => {
    expect(found.has('MemoryDenyWriteExecute')).toBe(false);
  });

  it('starts by the bootstrap only, never by itself at boot: mount and secrets come first', () => {
    expect(renderUnit(gateway)).not.toContain('[Install]');
  });

  it('holds the fence for exactly as long as the gateway lives, and passes words on as they are', () => {
    const line = found.get('ExecStart')?.[0] ?? '';
    const lock = '/home/openclaw/.openclaw/.clawharbor/fence';
    const words = readWords(line);
    expect(words).toEqual([':/usr/bin/flock', ...behindLock({ ...gateway, lockFile: lock })]);
    expect(words.slice(0, 4)).toEqual([':/usr/bin/flock', '--no-fork', '--exclusive', lock]);
  });

  it('keeps public variables as they are', () => {
    expect(found.get('Environment')?.flatMap(readWords)).toEqual([
      'GREETING=say "100 %" $HOME',
      'OPENCLAW_STATE_DIR=/home/openclaw/.openclaw',
    ]);
  });

  it('cannot start without its file systems', () => {
    expect(found.get('RequiresMountsFor')?.[0]?.split(' ')).toEqual(
      expect.arrayContaining(['/home/openclaw/.openclaw', '/home/openclaw/.openclaw/.clawharbor']),
    );
  });

  it('ends before what it reads is unmounted, as at a shutdown', () => {
    const modules = '/opt/openclaw/2026.9.6/node_modules';
    const mounts = directives(renderUnit({ ...gateway, reads: [modules] })).get('RequiresMountsFor');
    expect(mounts?.[0]?.split(' ')).toContain(modules);
  });

  it.each([
    { ...gateway, environment: { A: 'x\nExecStartPre=/bin/evil' } },
    { ...gateway, command: ['relative', 'x'] satisfies Unit['command'] },
    { ...gateway, user: 'root\nUser=evil' },
    { ...gateway, writable: ['/var /etc'] },
    { ...gateway, lockFile: '-c' },
  ])('refuses what a unit file cannot say', (unit) => {
    expect(() => renderUnit(unit)).toThrow(expect.objectContaining({ code: 'UNIT_FAILED' }));
  });

  it('does not let a description end its line', () => {
    expect(renderUnit({ ...gateway, description: 'a\nUser=root\\' })).toContain('Description=a User=root \n');
  });
});

describe('the command line tool of the gateway', () => {
  const tool = renderCommandLineTool(gateway) ?? '';

  it('runs in the sandbox of the gateway and shares its /tmp', () => {
    for (const property of [
      'ProtectSystem=strict',
      'ProtectHome=tmpfs',
      'JoinsNamespaceOf=openclaw.service',
      'User=openclaw',
    ]) {
      expect(tool).toContain(`--property='${property}'`);
    }
    expect(tool).toContain(
      `-- '/usr/bin/node-24' '--max-old-space-size=1024' '/opt/openclaw/openclaw.mjs' "$@"`,
    );
  });

  it('does not remove IPC objects of the gateway when it ends', () => {
    expect(tool).not.toContain('RemoveIPC');
  });

  it('exists only where there is a fence to respect', () => {
    const { lockFile: _, ...unfenced } = gateway;
    expect(renderCommandLineTool(unfenced)).toBeUndefined();
  });
});

describe('an EFS access point as a mount', () => {
  const mount = {
    at: '/home/openclaw/.openclaw',
    fileSystemId: 'fs-0123456789abcdef0',
    accessPointId: 'fsap-0123456789abcdef0',
  };

  it('is encrypted in transit and authorized by the role', () => {
    const found = directives(renderMount(mount));
    expect(found.get('What')).toEqual(['fs-0123456789abcdef0:/']);
    expect(found.get('Type')).toEqual(['efs']);
    expect(found.get('Options')).toEqual(['_netdev,tls,iam,accesspoint=fsap-0123456789abcdef0']);
  });

  it('takes no options from an id', () => {
    expect(() => renderMount({ ...mount, accessPointId: 'fsap-1,noexec' })).toThrow(
      /not the id of an EFS resource/,
    );
  });
});
