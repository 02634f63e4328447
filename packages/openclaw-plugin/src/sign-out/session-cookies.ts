/** As the load balancer calls its session, unless a listener rule says otherwise; it takes up to four cookies. */
const sessionCookie = 'AWSELBAuthSessionCookie';
const shards = [0, 1, 2, 3];

/**
 * `Set-Cookie` headers that end the load balancer's session in this browser. It leaves that to the application: "set the
 * expiration time of the authentication session cookie to -1".
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html#authentication-logout
 */
export function expiredSessionCookies(): string[] {
  // A cookie is known by name, domain and path: without a domain it is the one of this host, which the load balancer set.
  return shards.map(
    (shard) => `${sessionCookie}-${shard}=; Max-Age=-1; Path=/; Secure; HttpOnly; SameSite=None`,
  );
}
