/** Who a statement of a resource-based policy speaks of. Made by `awsPrincipal`, `servicePrincipal` and `anyone`. */
export interface Principal {
  readonly type: 'AWS' | 'Service';
  readonly id: string;
}

/** An IAM role, user, or account: its ARN, or the account's number. */
export function awsPrincipal(arnOrAccount: string): Principal {
  return { type: 'AWS', id: arnOrAccount };
}

/** An AWS service, such as `backup.amazonaws.com`. */
export function servicePrincipal(service: string): Principal {
  return { type: 'Service', id: service };
}

/** Everyone, also without credentials: give the statement a condition, or make it a deny. */
export const anyone: Principal = Object.freeze({ type: 'AWS', id: '*' });
