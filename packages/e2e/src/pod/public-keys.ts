import { createServer } from 'node:http';
import type { LoadBalancer } from '../alb/index.ts';
import { listen, type Listening, type ListenOn } from '../aws/listen.ts';

/**
 * The keys of the load balancer where instances reach them. On AWS it is one place with TLS,
 * `https://public-keys.auth.elb.<region>.amazonaws.com`; here an instance may have a network of its own, in which the name of
 * the certificate leads nowhere.
 */
export function servePublicKeys({ publicKeys }: LoadBalancer, place: ListenOn): Promise<Listening> {
  const server = createServer(({ url = '' }, response) => {
    const key = publicKeys.get(url.slice(1));
    response.writeHead(key === undefined ? 404 : 200, { 'content-type': 'application/x-pem-file' });
    response.end(key);
  });
  return listen(server, place);
}
