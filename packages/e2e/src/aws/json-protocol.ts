/**
 * The AWS JSON 1.1 protocol: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 * Codes of failed authentication: https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html
 */
import { AwsFault, type AccessFaults } from './fault.ts';
import type { Operations } from './operation.ts';
import type { AwsResponse, AwsService } from './service.ts';

export const jsonAccessFaults: AccessFaults = {
  unsigned: ['MissingAuthenticationTokenException', 400, 'Missing Authentication Token'],
  'malformed-signature': [
    'IncompleteSignatureException',
    400,
    'The request signature does not conform to AWS standards.',
  ],
  'unknown-credentials': [
    'UnrecognizedClientException',
    400,
    'The security token included in the request is invalid.',
  ],
  'expired-credentials': [
    'ExpiredTokenException',
    400,
    'The security token included in the request is expired',
  ],
  'wrong-signature': [
    'InvalidSignatureException',
    400,
    'The request signature we calculated does not match the signature you provided.',
  ],
  'skewed-clock': ['InvalidSignatureException', 400, 'Signature expired'],
  denied: ['AccessDeniedException', 400, 'You are not authorized to perform this action.'],
};

export interface JsonServiceOptions {
  readonly signingName: string;
  /** What stands before the dot in `X-Amz-Target`. */
  readonly targetPrefix: string;
  readonly operations: Operations;
}

export function jsonService({ signingName, targetPrefix, operations }: JsonServiceOptions): AwsService {
  return {
    signingName,
    accessFaults: jsonAccessFaults,
    async resolve(request) {
      const [prefix, name = ''] = (request.headers.get('x-amz-target') ?? '').split('.');
      const found = prefix === targetPrefix && Object.hasOwn(operations, name) ? operations[name] : undefined;
      if (request.method !== 'POST' || found === undefined) {
        throw new AwsFault(
          'UnknownOperationException',
          400,
          `The stand-in has no operation ${prefix}.${name}`,
        );
      }
      const { permissions, run } = await found.prepare(parse(request.body));
      return { operation: name, permissions, run: async (caller) => json(200, await run(caller)) };
    },
    renderFault: renderJsonFault,
  };
}

export function renderJsonFault(fault: AwsFault): AwsResponse {
  const { status, headers, body } = json(fault.status, { __type: fault.code, message: fault.message });
  return { status, headers: { ...headers, 'x-amzn-errortype': fault.code }, body };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8') || '{}');
  } catch {
    throw new AwsFault('SerializationException', 400, 'The request body is not JSON');
  }
}

function json(status: number, value: object): AwsResponse {
  // Timestamps default to seconds since the epoch in this protocol.
  const body = JSON.stringify(value, function (this: Record<string, unknown>, key, encoded: unknown) {
    const raw = this[key];
    return raw instanceof Date ? raw.getTime() / 1000 : encoded;
  });
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body };
}
