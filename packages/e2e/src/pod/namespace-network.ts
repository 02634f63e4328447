import { imdsAddress, PodNetwork } from '../network/index.ts';
import { addressIn } from '../template/index.ts';
import type { DataDirectory } from './data-dir.ts';
import type { Deployment } from './deployment.ts';
import type { LocalNetwork } from './network.ts';

/**
 * Where instances find AWS's endpoints and the model: outside of the VPC. A block that is set aside for tests between
 * networks (RFC 2544), so it is nobody's.
 */
const outsideBlock = '198.18.0.0/24';
const outsidePlaces = 8;
/** The first addresses of a subnet are AWS's own: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const firstPlace = 10;

/** Load balancer and instances get addresses in the template's subnets, as on AWS; nobody else is in that network. */
export async function namespaceNetwork(
  { subnets }: Deployment,
  { root }: DataDirectory,
): Promise<LocalNetwork> {
  const loadBalancer = addressIn(subnets.loadBalancer, firstPlace);
  const places = Array.from({ length: outsidePlaces }, (_, place) => addressIn(outsideBlock, place + 1));
  const network = await PodNetwork.create({ name: root, awsAddresses: [loadBalancer, ...places] });
  let launches = 0;
  return {
    kind: 'namespaces',
    description: `network namespaces: load balancer at ${loadBalancer}, instances in ${subnets.instance}`,
    connect: (address) => network.dial(address),
    async outside() {
      const host = places.shift();
      if (host === undefined) throw new RangeError(`more than ${outsidePlaces} servers outside of the VPC`);
      return { handle: await network.listen({ host, port: 80 }) };
    },
    async addInstance(instanceId) {
      // Instances may overlap, so the next one gets another address.
      const address = addressIn(subnets.instance, firstPlace + (launches++ % 200));
      const instance = await network.addInstance({ instanceId, address });
      return {
        address,
        prefix: instance.execPrefix,
        metadata: { handle: await instance.listen({ host: imdsAddress, port: 80 }) },
        close: () => instance.close(),
      };
    },
    close: () => network.close(),
  };
}
