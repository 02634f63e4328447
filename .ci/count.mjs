// Adds up the reports of all test runs and prints `N passed, N failed[, N skipped]`; fails when a run left no report.
import { readFileSync } from 'node:fs';
import { stdout } from 'node:process';

const expected = ['test-reports/root.json', 'packages/e2e/test-reports/e2e.json'];
const packages = ['config-merge', 'iam-policies', 'bootstrap', 'infra', 'e2e'];
const reports = [...expected, ...packages.map((name) => `packages/${name}/test-reports/unit.json`)];
const total = { passed: 0, failed: 0, skipped: 0 };
for (const report of reports) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, success } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    total.passed += numPassedTests;
    total.failed += numFailedTests || (success ? 0 : 1);
    total.skipped += numPendingTests;
  } catch (error) {
    console.error(`no report ${report}: ${error.message}`);
    total.failed += 1;
  }
}
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
