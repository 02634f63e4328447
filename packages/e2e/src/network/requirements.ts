import { randomBytes } from 'node:crypto';
import { StandInError } from '../errors.ts';
import { ip } from './run-ip.ts';

/** Why no network namespaces can be made here. @returns undefined when they can */
export async function whyNoNetwork(): Promise<string | undefined> {
  if (process.platform !== 'linux') return `network namespaces need Linux, this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const probe = `clawharbor-probe-${randomBytes(4).toString('hex')}`;
  try {
    // Root in a container may still not be allowed to.
    await ip('netns', 'add', probe);
    await ip('netns', 'delete', probe);
    return undefined;
  } catch (error) {
    if (error instanceof StandInError)
      return `\`ip netns add\` does not work (package iproute2): ${error.message}`;
    throw error;
  }
}
