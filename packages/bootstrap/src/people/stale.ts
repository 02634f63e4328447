/** How old the list of people may be for somebody new to be let in: as long as the load balancer itself believes a login. */
export const staleSeconds = 15 * 60;
