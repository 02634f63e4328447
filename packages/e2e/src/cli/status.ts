import type { PodStatus } from '../pod/pod.ts';

/** `status` for a person. */
export function describeStatus(status: PodStatus): string {
  const lines = [
    `URL        ${status.url}`,
    ...status.instances.map(
      (instance) =>
        `instance   ${instance.instanceId}  ${instance.lifecycleState}  target ${instance.targetHealth}`,
    ),
  ];
  const { report } = status;
  if (report) {
    lines.push('', `last run   ${report.outcome}, OpenClaw ${report.openclaw}, ${report.finishedAt}`);
    for (const step of report.steps) {
      const seconds = (step.durationMs / 1000).toFixed(1).padStart(6);
      lines.push(`  ${step.status.padEnd(9)} ${seconds} s  ${step.name}`);
      for (const line of [...step.changes, ...step.warnings.map((warning) => JSON.stringify(warning))]) {
        lines.push(`                        ${line}`);
      }
      if (step.error) lines.push(`                        ${step.error.code}: ${step.error.message}`);
    }
  }
  lines.push('', 'what differs from AWS');
  for (const { path, value, reason } of status.overlay) {
    lines.push(`  ${path} = ${value === undefined ? '(removed)' : JSON.stringify(value)}`, `      ${reason}`);
  }
  return `${lines.join('\n')}\n`;
}
