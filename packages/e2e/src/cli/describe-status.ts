import type { PodStatus } from '../pod/operations.ts';
import { startPage } from './start-page.ts';

/** `status` for a person. */
export function describeStatus(status: PodStatus): string {
  const lines = [
    `URL        ${startPage(status.url)}`,
    `login page ${status.loginUrl}`,
    `folder     ${status.dataDir}`,
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
      const kept = (step.kept ?? []).map((line) => `keep ${line}`);
      for (const line of [
        ...step.changes,
        ...kept,
        ...step.warnings.map((warning) => JSON.stringify(warning)),
      ]) {
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
