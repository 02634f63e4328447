/**
 * What a command of an agent reaches on an instance, asked without doing harm: nothing is changed, and no value is printed. With
 * what is expected where commands run as the gateway, and where they run apart: docs/decisions/0033.
 */
export interface CommandProbe {
  readonly what: string;
  /** A line of sh(1) that succeeds where it is reached. */
  readonly ask: string;
  /** With the gateway. */
  readonly before: boolean;
  readonly apart: boolean;
}

export interface ProbedInstance {
  readonly gatewayPid: string;
  readonly port: number;
  readonly version: string;
  /** What the value of the model's key begins with. */
  readonly key: string;
}

const state = '/home/openclaw/.openclaw';
const claim =
  "-H 'x-amzn-oidc-identity: eve' -H 'x-amzn-oidc-data: x' -H 'x-forwarded-proto: https' -H 'x-forwarded-for: 203.0.113.9'";

export function commandProbes({
  gatewayPid: pid,
  port,
  version,
  key,
}: ProbedInstance): readonly CommandProbe[] {
  const program = `/opt/openclaw/${version}/node_modules/openclaw/openclaw.mjs`;
  const page = `http://127.0.0.1:${port}/control-ui-config.json`;
  const probe = (what: string, ask: string, before: boolean, apart = false): CommandProbe => ({
    what,
    ask,
    before,
    apart,
  });
  return [
    probe('the model key in its own environment', `env | grep -q '${key}'`, true),
    probe('the password of the gateway there', 'env | grep -q ^OPENCLAW_GATEWAY_PASSWORD=', true),
    probe(
      'the gateway as an operator',
      `timeout 60 /usr/bin/node-24 ${program} gateway call health --json`,
      true,
    ),
    probe('the environment of the gateway', `head -c 1 /proc/${pid}/environ | grep -q .`, true),
    probe('the memory of the gateway', `: < /proc/${pid}/mem`, true),
    probe('the open files of the gateway', `ls /proc/${pid}/fd/0`, true),
    probe('a signal to the gateway', `kill -0 ${pid}`, true),
    probe('the secrets as a file', 'head -c 1 /run/openclaw/environment', false),
    probe('openclaw.json, read', `head -c 1 ${state}/openclaw.json`, true),
    probe('openclaw.json, write', `test -w ${state}/openclaw.json`, true),
    probe('the database of the gateway, read', `head -c 1 ${state}/state/openclaw.sqlite`, true),
    probe('conversations, read', `ls ${state}/agents/main`, true),
    probe('the fence, replace', `test -w ${state}/.clawharbor`, true),
    probe('the compile cache of the gateway, write', 'test -w /var/cache/openclaw/compile', true),
    probe('the log of the gateway, read', 'ls /var/log/openclaw/*', true),
    probe('the program of OpenClaw, write', `test -w ${program}`, false),
    probe('Node.js, write', 'test -w /usr/bin/node-24', false),
    probe('the bootstrap, read', 'head -c 1 /opt/clawharbor/clawharbor-bootstrap.mjs', true),
    probe('the records of the bootstrap, read', 'ls /var/lib/clawharbor/report.json', true),
    probe('artifacts and backups', 'ls /var/cache/clawharbor/artifacts', false),
    probe(
      'the journal of the gateway',
      'journalctl --quiet --lines=1 --unit=openclaw.service | grep -q .',
      true,
    ),
    probe('other homes, write', 'touch /home/probe && rm /home/probe', false),
    probe(
      'credentials of the instance',
      "curl -sf -m 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token",
      true,
    ),
    probe('an identity of its choice', `curl -sf -m 10 -o /dev/null ${claim} ${page}`, false),
    probe('a mount', 'mount -t tmpfs probe /mnt', false),
    probe('a unit of its own', 'systemd-run --quiet --wait true', false),
    probe('another user', 'setpriv --reuid=0 true', false),
    probe('its workspace, write', `test -w ${state}/workspace`, true, true),
    probe(
      'the loopback, as a program for people needs it',
      `curl -s -m 10 -o /dev/null http://127.0.0.1:${port}/healthz`,
      true,
      true,
    ),
  ];
}

/** One command that asks all of them. It prints a line for each: its number, and `yes` or `no`. */
export function probeScript(probes: readonly CommandProbe[]): string {
  const lines = probes.map(
    ({ ask }, index) =>
      `if ( ${ask} ) >/dev/null 2>&1; then echo probe ${index} yes; else echo probe ${index} no; fi`,
  );
  return [...lines, 'echo probes done'].join('; ');
}

/** @param said what the command printed, however it is wrapped @returns what was reached, by its name */
export function answersIn(said: string, probes: readonly CommandProbe[]): Record<string, boolean> {
  if (!said.includes('probes done')) throw new Error(`the probes were not asked: ${said.slice(0, 2000)}`);
  return Object.fromEntries(
    probes.map(({ what }, index) => {
      const answer = new RegExp(`probe ${index} (yes|no)\\b`).exec(said)?.[1];
      if (answer === undefined) throw new Error(`no answer of: ${what}`);
      return [what, answer === 'yes'];
    }),
  );
}
