import { resolve } from 'node:path';
import type { Host } from '../host/host.ts';
import type { Unit } from '../host/unit.ts';
import type { PodSpec } from '../spec/pod-spec.ts';

export const peopleUnitName = 'clawharbor-people';

/**
 * A process of its own that keeps the list: a start of Node.js with the SDK takes longer than a look, and one that is there
 * waits for nothing. Not the gateway: its credentials are to be the model's only, and the agent runs with them.
 */
export function peopleUnit(host: Host, spec: PodSpec, login: NonNullable<PodSpec['login']>): Unit {
  const { layout } = host;
  return {
    name: peopleUnitName,
    description: 'Clawharbor: who may be in the pod, as the user pool says',
    command: [
      host.node,
      // Its own code and a page of people are all that it holds.
      '--max-old-space-size=64',
      '--max-semi-space-size=1',
      resolve(process.argv[1] ?? ''),
      'people',
      'keep',
      `--user-pool=${login.userPool}`,
      `--region=${spec.region}`,
      `--list=${layout.people}`,
      `--records=${layout.peopleRecords}`,
      ...(login.groups ?? []).map(({ name }) => `--group=${name}`),
      ...(login.providers ?? []).map((provider) => `--provider=${JSON.stringify(provider)}`),
    ],
    // On a laptop the stand-ins for AWS have addresses of their own.
    environment: host.kind === 'process' ? awsEnvironment() : {},
    workingDirectory: '/',
    user: 'root',
    writable: [layout.people],
    restart: { delaySeconds: 5, neverOn: [], burst: { starts: 60, seconds: 300 } },
    stopTimeoutSeconds: 10,
  };
}

function awsEnvironment(): Record<string, string> {
  const wanted = /^AWS_(ENDPOINT_URL|EC2_METADATA|REGION)/;
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      wanted.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  );
}
