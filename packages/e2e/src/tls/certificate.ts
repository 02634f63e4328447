import { X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';

// @peculiar/x509 wires itself with decorators and needs this before it loads.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

const day = 24 * 60 * 60 * 1000;
/** Browsers refuse a server certificate that is valid for more than 398 days. */
const lifetime = 365 * day;
const renewBefore = 30 * day;
const ownNames = ['localhost', '127.0.0.1', '::1'];
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A server certificate with its key, in PEM. It signs itself, so a client that trusts `cert` trusts the server. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** The file that holds both, readable by its owner only. */
  readonly path: string;
}

/**
 * The TLS certificate of the local pod: for `localhost`, its addresses and the given names. It is made at the first
 * call and kept in `dir`; a later call returns the same one as long as it covers exactly these names and is valid for
 * another 30 days, and replaces it otherwise.
 */
export async function certificateFor(names: readonly string[], dir: string): Promise<Certificate> {
  const wanted = [...new Set([...ownNames, ...names.map((name) => name.toLowerCase())])].toSorted();
  const path = join(dir, 'certificate.pem');
  const kept = await read(path);
  if (kept !== undefined && isUsable(kept, wanted)) {
    await chmod(path, 0o600);
    return { ...kept, path };
  }
  const made = await make(wanted);
  await mkdir(dir, { recursive: true });
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, made.key + made.cert, { mode: 0o600 });
  await rename(temporary, path);
  return { ...made, path };
}

type Pem = Pick<Certificate, 'cert' | 'key'>;

async function read(path: string): Promise<Pem | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const [key, cert] = [
    /-----BEGIN PRIVATE KEY-----.*?-----END PRIVATE KEY-----\n/s,
    /-----BEGIN CERT.*\n/s,
  ].map((block) => block.exec(text)?.[0]);
  return key !== undefined && cert !== undefined ? { key, cert } : undefined;
}

function isUsable({ cert }: Pem, wanted: readonly string[]): boolean {
  try {
    const { notAfter } = new x509.X509Certificate(cert);
    return notAfter.getTime() - Date.now() > renewBefore && namesOf(cert).join() === wanted.join();
  } catch {
    return false;
  }
}

function namesOf(cert: string): string[] {
  const names = new X509Certificate(cert).subjectAltName ?? '';
  return names
    .split(', ')
    .map((name) => name.replace(/^(DNS|IP Address):/, '').replace(/^(0:){7}1$/, '::1'))
    .toSorted();
}

async function make(names: readonly string[]): Promise<Pem> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const now = Date.now();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    // The leading byte keeps the number positive.
    serialNumber: `01${Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('hex')}`,
    name: 'CN=Clawharbor on this machine',
    // A minute back: the clocks of a host and its container may differ a little.
    notBefore: new Date(now - 60_000),
    notAfter: new Date(now + lifetime),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((name) => ({ type: isIP(name) === 0 ? 'dns' : 'ip', value: name })),
      ),
    ],
  });
  const key = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    cert: `${certificate.toString('pem')}\n`,
    key: `${x509.PemConverter.encode(key, 'PRIVATE KEY')}\n`,
  };
}
