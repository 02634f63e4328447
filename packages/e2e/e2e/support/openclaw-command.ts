import { join } from 'node:path';
import type { ProcessHost } from '@clawharbor/bootstrap';

/** Runs OpenClaw's command line on a host, as its operator would. @returns the JSON that it prints */
export async function openclaw(
  host: ProcessHost,
  version: string,
  args: readonly string[],
): Promise<unknown> {
  const { install, state, home, cache } = host.layout;
  const result = await host.run({
    file: host.node,
    args: [join(install, version, 'node_modules/openclaw/openclaw.mjs'), ...args],
    cwd: state,
    environment: {
      ...(await host.units.secretEnvironment('openclaw')),
      HOME: home,
      OPENCLAW_STATE_DIR: state,
      OPENCLAW_NO_AUTO_UPDATE: '1',
      NODE_COMPILE_CACHE: join(cache, 'compile'),
    },
    timeoutSeconds: 120,
  });
  if (result.exitCode !== 0) throw new Error(`openclaw ${args.join(' ')}: ${result.stderr || result.stdout}`);
  return JSON.parse(result.stdout) as unknown;
}
