import { runLock } from '@clawharbor/bootstrap/systemd';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export interface UserDataProps {
  readonly bucket: string;
  readonly key: string;
  /** Of the bundle, in hex. */
  readonly sha256: string;
  readonly region: string;
  readonly specParameter: string;
}

export function sha256Of(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/**
 * Fetches the bootstrap, checks it and runs it, once in the life of an instance; the bootstrap sees to it that it runs
 * again at boot and when the spec has changed. Everything else is in the spec, so that a change of the config is no
 * change of the launch template. A failure before the bootstrap runs leaves the lifecycle hook to its timeout; what a failed run
 * means for the launch, the bootstrap has told Auto Scaling by itself.
 */
export function userData({ bucket, key, sha256, region, specParameter }: UserDataProps): string[] {
  const directory = '/opt/clawharbor';
  const bundle = `${directory}/clawharbor-bootstrap.mjs`;
  return [
    'set -euo pipefail',
    // What passes by itself is no reason for another instance, which would be in the same place: a network that is late, a
    // repository or S3 that is busy, a download that breaks off or hangs.
    'patiently() { for pause in 2 5 10 20 40; do "$@" && return; sleep $pause; done; "$@"; }',
    'patiently timeout 300 dnf install --assumeyes --quiet nodejs24',
    `install --directory --mode=0755 ${directory}`,
    'fetch() {',
    `  timeout 60 aws s3 cp --region ${region} --no-progress 's3://${bucket}/${key}' ${bundle} &&`,
    `    echo '${sha256}  ${bundle}' | sha256sum --check --strict`,
    '}',
    'patiently fetch',
    `exec flock ${runLock} /usr/bin/node-24 ${bundle} run --host systemd --spec ssm:${specParameter}`,
  ];
}
