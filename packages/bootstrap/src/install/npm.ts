import type { Outlook } from '../aws/outlook.ts';
import { networkCodes } from '../aws/outlook.ts';
import { diskErrorIn } from '../disk-error.ts';
import type { Host } from '../host/host.ts';

/** npm did not manage. The message is what it said, in one line and without addresses of registries. */
export class NpmError extends Error {
  override readonly name = 'npm';
  /** npm's own, as in `ECONNRESET`. Absent: it gave none. */
  readonly code: string | undefined;

  constructor(code: string | undefined, said: string) {
    super(code === undefined ? said : `${code}: ${said}`);
    this.code = code;
  }
}

/**
 * On every call. By itself npm waits five minutes for a server that says nothing, 10 s and then 60 s before it asks again,
 * and asks again only while there is no answer: half an answer ends it at once (11.19.1). So each request is given up after
 * 30 s of silence and asked twice more within seconds; whoever calls decides whether it is all asked again. What was
 * downloaded is in npm's cache by then.
 * @see https://docs.npmjs.com/cli/v11/using-npm/config#fetch-retries
 */
const always = [
  '--ignore-scripts',
  '--omit=dev',
  '--no-audit',
  '--no-fund',
  '--no-update-notifier',
  '--fetch-retries=2',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=3000',
];

/** How long npm may take. */
export interface NpmPatience {
  /** For a call, whatever it does. In seconds. */
  readonly trySeconds: number;
  /** For one request without a word of the registry. In seconds. Default: 30. */
  readonly silenceSeconds?: number;
}

/**
 * Runs npm of the host. No install script runs: 330 packages could bring one.
 * @param args the verb and what is of this call
 * @throws NpmError; BootstrapError `DISK_FULL`, `DISK_READ_ONLY`
 */
export async function npm(
  host: Host,
  args: readonly string[],
  directory: string,
  { trySeconds, silenceSeconds = 30 }: NpmPatience,
): Promise<void> {
  const [file, ...before] = host.npm;
  const result = await host.run({
    file,
    args: [...before, ...args, ...always, `--fetch-timeout=${silenceSeconds * 1000}`],
    cwd: directory,
    timeoutSeconds: trySeconds,
  });
  if (result.exitCode === 0) return;
  const lines = errorLines(`${result.stdout}\n${result.stderr}`);
  const full = diskErrorIn(lines.join('\n'), directory);
  if (full) throw full;
  const [code] = lines.flatMap((line) => /^code (\w+)$/.exec(line)?.[1] ?? []);
  throw new NpmError(result.exitCode === 124 ? 'ETIMEDOUT' : code, wordsOf(lines));
}

/** Of npm itself and of its connections: `lib/errors.js` of @npmcli/agent, `lib/fetch-error.js` of minipass-fetch. */
const ofConnections = new Set([
  'ECONNECTIONTIMEOUT',
  'EIDLETIMEOUT',
  'ERESPONSETIMEOUT',
  'ETRANSFERTIMEOUT',
  'ERR_SOCKET_TIMEOUT',
  'ERR_STREAM_PREMATURE_CLOSE',
  'FETCH_ERROR',
]);

/** A package that is not what it should be: half of it, mostly, under headers of a whole one. */
const ofContent = /^(EINTEGRITY|TAR_BAD_ARCHIVE|Z_\w+)$/;

/** Whether a registry may do better the next time. */
export function outlookOfNpm(error: unknown): Outlook {
  const { code = '' } = error instanceof NpmError ? error : {};
  if (networkCodes.has(code) || ofConnections.has(code) || /^E(408|420|429|5\d\d)$/.test(code))
    return 'passing';
  return ofContent.test(code) ? 'denied' : 'final';
}

function errorLines(said: string): string[] {
  const lines = said
    .split('\n')
    .filter((line) => line.trim() !== '' && !/npm warn|complete log of this run|-debug-0\.log/i.test(line));
  // They may carry a name and a password.
  return lines.map((line) =>
    line
      .replace(/^npm error ?/, '')
      .replaceAll(/https?:\/\/\S+/g, 'the registry')
      .trim(),
  );
}

/** Without what says the code again, the stack, and advice about proxies. */
function wordsOf(lines: readonly string[]): string {
  const telling = lines.filter(
    (line) =>
      line !== '' && !/^(code|errno|syscall|at) |^network($| This is| In most| If you| 'proxy')/.test(line),
  );
  return telling.slice(0, 4).join('; ').replace(/\.$/, '');
}
