/**
 * The AWS query protocol: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 * Codes of failed authentication: https://docs.aws.amazon.com/AutoScaling/latest/APIReference/CommonErrors.html
 */
import { randomUUID } from 'node:crypto';
import { AwsFault, type AccessFaults } from './fault.ts';
import type { Operations } from './operation.ts';
import type { AwsResponse, AwsService } from './service.ts';
import { xml } from './xml.ts';

export const queryAccessFaults: AccessFaults = {
  unsigned: ['MissingAuthenticationToken', 403, 'Request is missing Authentication Token'],
  'malformed-signature': [
    'IncompleteSignature',
    400,
    'The request signature does not conform to AWS standards.',
  ],
  'unknown-credentials': [
    'InvalidClientTokenId',
    403,
    'The security token included in the request is invalid.',
  ],
  'expired-credentials': ['ExpiredToken', 403, 'The security token included in the request is expired'],
  'wrong-signature': [
    'SignatureDoesNotMatch',
    403,
    'The request signature we calculated does not match the signature you provided.',
  ],
  'skewed-clock': ['RequestExpired', 400, 'Request has expired.'],
  denied: ['AccessDenied', 403, 'You are not authorized to perform this action.'],
};

export interface QueryServiceOptions {
  readonly signingName: string;
  readonly version: string;
  readonly namespace: string;
  readonly operations: Operations;
}

export function queryService({
  signingName,
  version,
  namespace,
  operations,
}: QueryServiceOptions): AwsService {
  const document = (status: number, root: string, value: unknown): AwsResponse => ({
    status,
    headers: { 'content-type': 'text/xml' },
    body: xml(root, value, ` xmlns="${namespace}"`),
  });
  return {
    signingName,
    accessFaults: queryAccessFaults,
    async resolve(request) {
      const form = new URLSearchParams(request.body.toString('utf8'));
      const name = form.get('Action') ?? '';
      const found = Object.hasOwn(operations, name) ? operations[name] : undefined;
      if (found === undefined || form.get('Version') !== version) {
        throw new AwsFault(
          'InvalidAction',
          400,
          `The stand-in has no action ${name} of version ${form.get('Version')}`,
        );
      }
      const { permissions, run } = await found.prepare(parseForm(form));
      return {
        operation: name,
        permissions,
        run: async (caller) =>
          document(200, `${name}Response`, {
            [`${name}Result`]: await run(caller),
            ResponseMetadata: { RequestId: randomUUID() },
          }),
      };
    },
    renderFault: (fault, requestId) =>
      document(fault.status, 'ErrorResponse', {
        Error: { Type: fault.status < 500 ? 'Sender' : 'Receiver', Code: fault.code, Message: fault.message },
        RequestId: requestId,
      }),
  };
}

/** Lists are sent as `Name.member.1=a&Name.member.2=b`; nested structures are not needed by any action here. */
function parseForm(form: URLSearchParams): Record<string, string | string[]> {
  const input = new Map<string, string | string[]>();
  for (const [key, value] of form) {
    if (key === 'Action' || key === 'Version') continue;
    const [name = '', member, index] = key.split('.');
    if (member === 'member' && index !== undefined) {
      const list = input.get(name) ?? [];
      input.set(name, list);
      if (Array.isArray(list)) list[Number(index) - 1] = value;
    } else if (member === undefined) {
      input.set(name, value);
    } else {
      throw new AwsFault('ValidationError', 400, `The stand-in does not read the parameter ${key}`);
    }
  }
  return Object.fromEntries(input);
}
