// Adds up the reports of all test runs: how long each file took, which tests failed or took two attempts and why, and last
// `N passed, N failed[, N skipped]`. Fails when a run left no report.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { cwd, stdout } from 'node:process';

const packages = ['config-merge', 'iam-policies', 'bootstrap', 'infra', 'e2e'];
const expected = [
  ...packages.map((name) => `packages/${name}/test-reports/unit.json`),
  'test-reports/root.json',
  'packages/e2e/test-reports/e2e.json',
];
const total = { passed: 0, failed: 0, skipped: 0 };
/** @type {{ seconds: number, file: string }[]} */
const files = [];
/** @type {string[]} */
const failures = [];
/** What passed when it was tried again: `retry` in testing/attempts.ts.
 * @type {string[]} */
const secondAttempts = [];

for (const report of expected) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, success, testResults } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    total.passed += numPassedTests;
    total.failed += numFailedTests || (success ? 0 : 1);
    total.skipped += numPendingTests;
    if (!success) failures.push(`${report}: the run failed`);
    for (const { name, startTime, endTime, message, assertionResults } of testResults) {
      const file = relative(cwd(), name);
      files.push({ seconds: (endTime - startTime) / 1000, file });
      if (message) failures.push(`${file}: ${message}`);
      for (const { status, fullName, failureMessages } of assertionResults)
        if (status === 'failed') failures.push(`${file}: ${fullName}\n${failureMessages.join('\n')}`);
        else if (failureMessages.length > 0)
          secondAttempts.push(
            `passed at the second attempt only: ${file}: ${fullName}\n${failureMessages.join('\n')}`,
          );
    }
  } catch (error) {
    failures.push(`no report ${report}: ${error.message}`);
    total.failed += 1;
  }
}

const slowest = files.toSorted((a, b) => b.seconds - a.seconds).slice(0, 25);
stdout.write(slowest.map(({ seconds, file }) => `${seconds.toFixed(0).padStart(5)} s  ${file}\n`).join(''));
// At the end, because a log is often kept only from there.
for (const failure of [...secondAttempts, ...failures]) stdout.write(`\n${failure}\n`);
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
stdout.write(`\n${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
