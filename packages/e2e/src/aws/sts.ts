/** AWS STS: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
import * as z from 'zod';
import { callerArn } from './credentials.ts';
import { operation } from './operation.ts';
import { queryService } from './query-protocol.ts';
import type { AwsService } from './service.ts';

export function sts(): AwsService {
  return queryService({
    signingName: 'sts',
    version: '2011-06-15',
    namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    operations: {
      GetCallerIdentity: operation({
        input: z.object({}),
        // Needs no permission, and no policy can deny it.
        permissions: () => [],
        run: (_, caller) => ({
          Arn: callerArn(caller),
          UserId: `AROA${caller.roleName.toUpperCase().slice(0, 17)}:${caller.sessionName}`,
          Account: caller.account,
        }),
      }),
    },
  });
}
