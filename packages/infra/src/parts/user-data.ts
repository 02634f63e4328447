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
 * Fetches the bootstrap and starts it, on every boot: everything else is in the spec, so that a change of the config
 * is no change of the launch template. A failure here leaves the lifecycle hook to its timeout.
 */
export function userData({ bucket, key, sha256, region, specParameter }: UserDataProps): string[] {
  const directory = '/opt/clawharbor';
  const bundle = `${directory}/clawharbor-bootstrap.mjs`;
  return [
    'set -euo pipefail',
    'dnf install --assumeyes --quiet nodejs24',
    `install --directory --mode=0755 ${directory}`,
    `aws s3 cp --region ${region} --no-progress 's3://${bucket}/${key}' ${bundle}`,
    `echo '${sha256}  ${bundle}' | sha256sum --check --strict`,
    "cat > /etc/systemd/system/clawharbor-bootstrap.service <<'UNIT'",
    '[Unit]',
    'Description=Clawharbor bootstrap: turns the pod spec into a running gateway',
    'Wants=network-online.target',
    'After=network-online.target',
    '[Service]',
    'Type=oneshot',
    `Environment=AWS_REGION=${region}`,
    `ExecStart=/usr/bin/node-24 ${bundle} run --spec ssm:${specParameter}`,
    'StandardOutput=journal+console',
    'StandardError=inherit',
    '[Install]',
    'WantedBy=multi-user.target',
    'UNIT',
    'systemctl daemon-reload',
    'systemctl enable --now --no-block clawharbor-bootstrap.service',
  ];
}
