/**
 * Requests whose end two servers could see in different places, and what becomes of them.
 *
 * Elastic Load Balancing, "Desync mitigation mode": what each mode does with which class of request
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#desync-mitigation-mode);
 * "Access logs for your Application Load Balancer": classification reasons
 * (.../load-balancer-access-logs.html#classification-reasons); what each reason covers is told by the library that AWS
 * says it uses (https://github.com/aws/http-desync-guardian/tree/main/docs). What complies: RFC 9112, sections 2.2, 3,
 * 5.1, 5.2, 6 and 7 (https://www.rfc-editor.org/rfc/rfc9112).
 *
 * This comes after node's parser, which is stricter than the mode `defensive`: it answers 400 to lines that do not end
 * with CRLF, folded lines, repeated lengths and a length beside a transfer coding, of which AWS lets some through on
 * connections that it closes. Requests over HTTP/2 are not classified: frames say where they end.
 */
import type { HeaderList } from './forwarded-headers.ts';

export type DesyncClass = 'Compliant' | 'Acceptable' | 'Ambiguous' | 'Severe';

/** Of the modes of AWS, `monitor` is missing: it forwards what no parser here can read. */
export type DesyncMitigationMode = 'defensive' | 'strictest';

export interface Classified {
  readonly classification: DesyncClass;
  /** As in the classification_reason field of the access log; none for what complies. */
  readonly reason?: string;
}

export interface RawRequest {
  readonly method: string;
  /** Such as `1.1`. */
  readonly httpVersion: string;
  readonly headers: HeaderList;
}

const compliant: Classified = { classification: 'Compliant' };
const severity: readonly DesyncClass[] = ['Compliant', 'Acceptable', 'Ambiguous', 'Severe'];

/** The worst that can be said of a request. */
export function classify(request: RawRequest): Classified {
  return [ofVersion(request), ofFraming(request), ...request.headers.map(ofHeader)].reduce((worst, other) =>
    severity.indexOf(other.classification) > severity.indexOf(worst.classification) ? other : worst,
  );
}

/** `close` forwards the request on a connection that is used for no other, and closes that of the client, too. */
export function mitigation(
  mode: DesyncMitigationMode,
  { classification }: Classified,
): 'forward' | 'close' | 'block' {
  if (classification === 'Compliant') return 'forward';
  if (mode === 'strictest' || classification === 'Severe') return 'block';
  return classification === 'Ambiguous' ? 'close' : 'forward';
}

function ofVersion({ httpVersion }: RawRequest): Classified {
  if (httpVersion === '1.1' || httpVersion === '1.0') return compliant;
  if (httpVersion === '0.9') return { classification: 'Acceptable', reason: 'NonCompliantVersion' };
  return { classification: 'Severe', reason: 'BadVersion' };
}

function ofFraming({ method, httpVersion, headers }: RawRequest): Classified {
  const codings = valuesOf(headers, 'transfer-encoding');
  const lengths = valuesOf(headers, 'content-length');
  const isWithoutBody = method === 'GET' || method === 'HEAD';
  if (codings.length > 1) return { classification: 'Severe', reason: 'MultipleTransferEncodingChunked' };
  // Other codings than chunked comply; but who cannot undo them cannot pass them on either.
  if (codings.some((coding) => coding.toLowerCase() !== 'chunked'))
    return { classification: 'Severe', reason: 'BadTransferEncoding' };
  if (codings.length > 0 && lengths.length > 0)
    return { classification: 'Ambiguous', reason: 'BothTeClPresent' };
  if (codings.length > 0 && (isWithoutBody || httpVersion !== '1.1'))
    return { classification: 'Ambiguous', reason: 'UndefinedTransferEncodingSemantics' };
  if (!isWithoutBody || lengths.length === 0) return compliant;
  return lengths.every((length) => Number(length) === 0)
    ? { classification: 'Acceptable', reason: 'GetHeadZeroContentLength' }
    : { classification: 'Ambiguous', reason: 'UndefinedContentLengthSemantics' };
}

/** A name that somebody's normalization turns into one that frames a body: `Transfer_Encoding`, `Content--Length`. */
function ofHeader([name, value]: readonly [string, string]): Classified {
  const letters = name.replaceAll(/[^a-z]/gi, '').toLowerCase();
  const isAlike = letters === 'transferencoding' || letters === 'contentlength';
  if (isAlike && !/^(transfer-encoding|content-length)$/i.test(name))
    return { classification: 'Ambiguous', reason: 'SuspiciousHeader' };
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value))
    return { classification: 'Acceptable', reason: 'NonCompliantHeader' };
  return compliant;
}

function valuesOf(headers: HeaderList, wanted: string): string[] {
  return headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value.trim());
}
