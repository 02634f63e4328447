import { Component, github } from 'projen';
import type { Monorepo } from './monorepo.ts';

const checkout = { name: 'Checkout', uses: 'actions/checkout@v5', with: { 'fetch-depth': 0 } };
const node = { name: 'Node', uses: 'actions/setup-node@v5', with: { 'node-version': 24, cache: 'npm' } };
const install = { name: 'Install', run: 'npm ci' };

/** GitHub workflows: every push is proved by `.ci/run`, releases are independent per package, upgrades come weekly. */
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
  }
}
