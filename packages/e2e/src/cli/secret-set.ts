import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { credentialVariables, nearest } from '@clawharbor/bootstrap/secrets';
import { openclawVersions as versions } from '@clawharbor/bootstrap/spec';
import type { DataDirectory } from '../pod/data-dir.ts';
import type { PodEvent } from '../pod/events.ts';
import { checkSecretName, checkSecretValue, putSecret } from '../pod/secret.ts';
import type { CommonOptions } from './options.ts';
import type { Output } from './output.ts';
import { findPod, notRunning } from './which-pod.ts';

/** `clawharbor-local secret set NAME`: comes back when people can work with it. */
export async function secretSet({ dataDir }: CommonOptions, output: Output, name: string): Promise<void> {
  // Before anybody types a value.
  checkSecretName(name);
  const pod = await findPod(dataDir);
  if (!pod) throw await notRunning(dataDir, `secret set ${name}`, 'a secret needs a pod that ran once');
  const { directory, elsewhere, running } = pod;
  if (elsewhere) output.event({ event: 'found', dataDir: directory.root });
  const hint = hintAbout(name, directory);
  if (hint !== undefined) output.event({ event: 'warning', code: 'SECRET_NAME_UNKNOWN', message: hint });
  if (process.stdin.isTTY) {
    process.stderr.write(`The value of ${name}, then Enter and Ctrl-D. It shows as you type.\n`);
  }
  const value = (await text(process.stdin)).replace(/\r?\n$/, '');
  checkSecretValue(name, value);
  if (running) {
    await running.call('secret', { name, value }, (event) => output.event(event as PodEvent));
    return;
  }
  const changed = await putSecret(directory, name, value);
  output.event({ event: 'secret', name, state: changed ? 'stored' : 'unchanged' });
}

/** A name that nothing reads is more often a slip than a plan. */
function hintAbout(name: string, directory: DataDirectory): string | undefined {
  const known = versions.flatMap((version) => credentialVariables(version));
  if (known.includes(name) || configNames(name, directory)) return undefined;
  const meant = nearest(name, known);
  const question = meant === undefined ? '' : ` Did you mean ${meant}?`;
  return `no provider or channel of OpenClaw ${versions.join(', ')} reads ${name} by itself; it is of use where the config refers to it as \${${name}}.${question}`;
}

/** As `${NAME}`, or as the id of a SecretRef. */
function configNames(name: string, { efs }: DataDirectory): boolean {
  try {
    return new RegExp(String.raw`\b${name}\b`).test(readFileSync(join(efs, 'openclaw.json'), 'utf8'));
  } catch {
    return false;
  }
}
