import { Component, github } from 'projen';
import type { Monorepo } from './monorepo.ts';

const checkout = { name: 'Checkout', uses: 'actions/checkout@v5', with: { 'fetch-depth': 0 } };
const node = { name: 'Node', uses: 'actions/setup-node@v5', with: { 'node-version': 24, cache: 'npm' } };
const install = { name: 'Install', run: 'npm ci' };

/** Of a step: only if there is a new release of OpenClaw. */
const found = "steps.newest.outputs.version != ''";

/** GitHub workflows: every push is proved by `.ci/run`, what takes longer every night, releases are independent per package, upgrades and new releases of OpenClaw come weekly. */
export class Workflows extends Component {
  constructor(root: Monorepo) {
    super(root);
    const hub = root.github!;

    const build = hub.addWorkflow('build');
    build.on({ pullRequest: {}, push: { branches: ['main'] }, workflowDispatch: {} });
    build.addJobs({
      build: {
        runsOn: ['ubuntu-24.04'],
        permissions: { contents: github.workflows.JobPermission.READ },
        timeoutMinutes: 40,
        steps: [
          checkout,
          node,
          { name: 'Prove', run: 'sudo --preserve-env=CI,PATH bash .ci/run' },
          {
            name: 'The generated files are what .projenrc.ts generates',
            run: 'sudo chown -R "$(id -u)" . && npx projen && git diff --exit-code',
          },
          {
            name: 'Keep screenshots and logs',
            if: 'always()',
            uses: 'actions/upload-artifact@v5',
            with: { name: 'e2e', path: 'packages/e2e/artifacts', 'if-no-files-found': 'ignore' },
          },
        ],
      },
      coverage: {
        runsOn: ['ubuntu-24.04'],
        permissions: { contents: github.workflows.JobPermission.READ },
        timeoutMinutes: 40,
        steps: [checkout, node, install, { name: 'Coverage', run: 'npx projen coverage' }],
      },
      portable: {
        runsOn: ['${{ matrix.os }}'],
        permissions: { contents: github.workflows.JobPermission.READ },
        timeoutMinutes: 30,
        strategy: { matrix: { domain: { os: ['ubuntu-24.04-arm', 'macos-15'], node: ['20', '24', '26'] } } },
        steps: [
          checkout,
          { ...node, with: { 'node-version': '${{ matrix.node }}', cache: 'npm' } },
          install,
          { name: 'Test', run: 'npx projen test' },
        ],
      },
    });

    const nightly = hub.addWorkflow('nightly');
    nightly.on({ schedule: [{ cron: '0 1 * * *' }], workflowDispatch: {} });
    nightly.addJobs(
      Object.fromEntries(
        Object.entries({ long: 'npx projen e2e e2e/long', faults: 'npx projen faults' }).map(
          ([name, run]) => [
            name,
            {
              runsOn: ['ubuntu-24.04'],
              permissions: { contents: github.workflows.JobPermission.READ },
              timeoutMinutes: 350,
              steps: [
                checkout,
                node,
                install,
                { name: 'Prove', run: `sudo --preserve-env=CI,PATH bash -c 'bash .ci/tools && ${run}'` },
              ],
            },
          ],
        ),
      ),
    );

    const release = hub.addWorkflow('release');
    release.on({ push: { branches: ['main'] } });
    release.addJobs({
      release: {
        runsOn: ['ubuntu-24.04'],
        permissions: {
          contents: github.workflows.JobPermission.WRITE,
          pullRequests: github.workflows.JobPermission.WRITE,
          // npm trusted publishing: no token is stored anywhere.
          idToken: github.workflows.JobPermission.WRITE,
        },
        steps: [
          checkout,
          node,
          install,
          { name: 'Build', run: 'npx projen build' },
          {
            name: 'Open the version pull request, or publish what it merged',
            uses: 'changesets/action@v1',
            with: { version: 'npx changeset version', publish: 'npx changeset publish' },
            env: { GITHUB_TOKEN: '${{ secrets.GITHUB_TOKEN }}' },
          },
        ],
      },
    });

    const upgrade = hub.addWorkflow('upgrade');
    upgrade.on({ schedule: [{ cron: '0 6 * * 1' }], workflowDispatch: {} });
    upgrade.addJobs({
      upgrade: {
        runsOn: ['ubuntu-24.04'],
        permissions: {
          contents: github.workflows.JobPermission.WRITE,
          pullRequests: github.workflows.JobPermission.WRITE,
        },
        steps: [
          checkout,
          node,
          install,
          // Versions are named in projenrc/, so only what they pull in moves here; the pins move by hand, with a reason.
          {
            name: 'Upgrade within the pins',
            run: 'npm update --package-lock-only && npm ci && npx projen build',
          },
          {
            name: 'Open a pull request',
            uses: 'peter-evans/create-pull-request@v7',
            with: {
              branch: 'upgrade/lockfile',
              title: 'Upgrade what the pinned dependencies pull in',
              'commit-message': 'Upgrade what the pinned dependencies pull in',
            },
          },
        ],
      },
    });

    const openclaw = hub.addWorkflow('openclaw');
    openclaw.on({ schedule: [{ cron: '0 5 * * 1' }], workflowDispatch: {} });
    openclaw.addJobs({
      // Strangers' programs are installed and started here: this job may write nothing.
      add: {
        runsOn: ['ubuntu-24.04'],
        permissions: { contents: github.workflows.JobPermission.READ },
        timeoutMinutes: 40,
        outputs: { version: { stepId: 'newest', outputName: 'version' } },
        steps: [
          { ...checkout, with: { 'persist-credentials': false } },
          // No cache that other jobs would read.
          { ...node, with: { 'node-version': 24 } },
          {
            id: 'newest',
            name: 'Look for a release that is not pinned',
            run: [
              'version="$(npm view openclaw version)"',
              '[[ "$version" =~ ^[0-9]{4}\\.[0-9]+\\.[0-9]+$ ]]',
              'if [ -e "packages/bootstrap/src/openclaw-release/$version" ]; then exit 0; fi',
              'echo "version=$version" >> "$GITHUB_OUTPUT"',
            ].join('\n'),
          },
          { ...install, if: found },
          {
            name: 'Pin it, start it, and say what changed',
            if: found,
            run: 'npx projen openclaw:add "$VERSION" "$RUNNER_TEMP/report.md" && git add --all && git diff --cached --binary > "$RUNNER_TEMP/release.patch"',
            env: { VERSION: '${{ steps.newest.outputs.version }}' },
          },
          {
            name: 'Hand it on',
            if: found,
            uses: 'actions/upload-artifact@v5',
            with: {
              name: 'openclaw',
              path: '${{ runner.temp }}/report.md\n${{ runner.temp }}/release.patch\n',
              'if-no-files-found': 'error',
            },
          },
        ],
      },
      propose: {
        needs: ['add'],
        if: "needs.add.outputs.version != ''",
        runsOn: ['ubuntu-24.04'],
        permissions: {
          contents: github.workflows.JobPermission.WRITE,
          pullRequests: github.workflows.JobPermission.WRITE,
        },
        timeoutMinutes: 10,
        steps: [
          { name: checkout.name, uses: checkout.uses },
          {
            name: 'Take it',
            uses: 'actions/download-artifact@v5',
            with: { name: 'openclaw', path: '${{ runner.temp }}' },
          },
          {
            // Whatever was started wrote the patch: it may add a release, and change no program or workflow.
            name: 'Apply what is of a release, and nothing else',
            run: 'git apply --index --include="packages/bootstrap/src/openclaw-release/*" --include="packages/config-merge/src/openclaw/*" "$RUNNER_TEMP/release.patch"',
          },
          {
            name: 'Open a pull request',
            uses: 'peter-evans/create-pull-request@v7',
            with: {
              branch: 'openclaw/${{ needs.add.outputs.version }}',
              title: 'OpenClaw ${{ needs.add.outputs.version }}',
              'commit-message': 'Pin OpenClaw ${{ needs.add.outputs.version }}',
              'body-path': '${{ runner.temp }}/report.md',
            },
          },
        ],
      },
    });
  }
}
