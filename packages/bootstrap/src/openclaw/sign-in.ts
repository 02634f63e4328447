import * as z from 'zod';

const proxied = z.object({
  gateway: z.object({
    publicOrigin: z.string().optional(),
    trustedProxies: z.array(z.string()).min(1),
    auth: z.object({
      mode: z.literal('trusted-proxy'),
      trustedProxy: z.object({ userHeader: z.string(), requiredHeaders: z.array(z.string()).default([]) }),
    }),
  }),
});

/** An address from which the load balancer may come: the first host of its first IPv4 network. Undefined: nobody is proxied. */
export function proxyAddress(desired: unknown): string | undefined {
  const { data } = proxied.safeParse(desired);
  const network = data?.gateway.trustedProxies.find((each) => /^\d+(\.\d+){3}(\/\d+)?$/.test(each));
  if (network === undefined) return undefined;
  const [address = '', bits = '32'] = network.split('/');
  const parts = address.split('.').map(Number);
  return Number(bits) >= 31 ? address : [...parts.slice(0, 3), (parts[3] ?? 0) | 1].join('.');
}

/**
 * The headers of somebody whom the load balancer has signed in. @param identity a stranger by default
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
 */
export function signInHeaders(desired: unknown, identity = 'clawharbor-rehearsal'): Record<string, string> {
  const { data } = proxied.safeParse(desired);
  if (data === undefined) return {};
  const { publicOrigin, auth } = data.gateway;
  return {
    ...(publicOrigin === undefined ? {} : { host: new URL(publicOrigin).host }),
    'x-forwarded-for': '203.0.113.7',
    'x-forwarded-proto': 'https',
    ...Object.fromEntries(
      auth.trustedProxy.requiredHeaders
        .filter((name) => name !== 'x-forwarded-proto')
        .map((name) => [name, 'present']),
    ),
    [auth.trustedProxy.userHeader]: identity,
  };
}
