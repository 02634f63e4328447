import { join } from 'node:path';
import { startLoadBalancer, type LoadBalancer } from '../alb/index.ts';
import { startUserPool, type UserPool } from '../cognito/index.ts';
import { certificateFor } from '../tls/index.ts';
import type { DataDirectory } from './data-dir.ts';
import type { Deployment } from './deployment.ts';
import { withoutReferences } from './dynamic-reference.ts';
import { admitPeople, type LocalPeople } from './people.ts';
import type { LocalNetwork } from './network.ts';

/** Everybody on this machine is a client from somewhere on the internet; an address that is set aside for examples (RFC 5737). */
const someClient = '203.0.113.10';

export interface EntranceOptions {
  readonly deployment: Deployment;
  readonly directory: DataDirectory;
  readonly network: LocalNetwork;
  /** Where the HTTPS listener of the template is served. */
  readonly port: number;
  /** Where the login page is. */
  readonly loginPort: number;
}

/** Everything a person meets before the gateway: the login page and the load balancer. */
export interface Entrance {
  readonly people: LocalPeople;
  readonly pool: UserPool;
  readonly loadBalancer: LoadBalancer;
  /** The target group that the listener rules forward to. */
  readonly targetGroupArn: string;
  close(): Promise<void>;
}

export async function startEntrance({
  deployment,
  directory,
  network,
  port,
  loginPort,
}: EntranceOptions): Promise<Entrance> {
  const certificate = await certificateFor(deployment.dnsNames, directory.tls);
  // The stand-in for DNS.
  const hostAliases = Object.fromEntries([[`localhost:${port}`, deployment.dnsNames[0]!]]);
  const { userPool } = deployment;
  const pool = await startUserPool({
    userPoolId: userPool.id,
    domain: userPool.domain,
    properties: userPool.properties,
    clients: userPool.clients,
    identityProviders: userPool.identityProviders.map((each) => withoutReferences(each, process.env)),
    dir: join(directory.aws, 'cognito'),
    certificate,
    hostAliases,
    port: loginPort,
  });
  try {
    const people = await admitPeople(pool);
    const loadBalancer = await openLoadBalancer(deployment, pool, certificate, hostAliases, network, port);
    return {
      people,
      pool,
      loadBalancer,
      targetGroupArn: deployment.loadBalancer.targetGroupArn,
      async close() {
        await loadBalancer.close();
        await pool.close();
      },
    };
  } catch (error) {
    await pool.close();
    throw error;
  }
}

function openLoadBalancer(
  { loadBalancer, userPool }: Deployment,
  pool: UserPool,
  certificate: { readonly cert: string; readonly key: string },
  hostAliases: Readonly<Record<string, string>>,
  { connect }: LocalNetwork,
  port: number,
): Promise<LoadBalancer> {
  return startLoadBalancer({
    arn: loadBalancer.arn,
    attributes: loadBalancer.attributes,
    // Only HTTPS is visible: the HTTP listener, which redirects, gets a port that nobody is told.
    listeners: loadBalancer.listeners.map(({ protocol, properties, rules }) => ({
      port: protocol === 'HTTPS' ? port : 0,
      properties,
      rules,
    })),
    targetGroups: { [loadBalancer.targetGroupArn]: loadBalancer.targetGroup },
    userPools: { [userPool.arn]: pool },
    certificate,
    trustedCertificate: certificate.cert,
    hostAliases,
    connect,
    loopbackClient: someClient,
  });
}
