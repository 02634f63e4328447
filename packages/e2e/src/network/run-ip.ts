import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { StandInError } from '../errors.ts';

const run = promisify(execFile);

/** Runs iproute2's `ip`. @returns what it printed @throws StandInError NETWORK_FAILED */
export async function ip(...args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run('ip', args, { timeout: 30_000 });
    return stdout;
  } catch (cause) {
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : String(cause);
    throw new StandInError('NETWORK_FAILED', `ip ${args.join(' ')}: ${said}`, { cause });
  }
}
