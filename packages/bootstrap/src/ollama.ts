import { join } from 'node:path';
import type { Host } from './host/host.ts';
import { ollamaAccount } from './host/systemd/account.ts';
import type { Unit } from './host/unit.ts';
import type { PodSpec } from './spec/pod-spec.ts';

export type OllamaSpec = NonNullable<PodSpec['ollama']>;

export const ollamaUnitName = 'ollama';

/** Local only: the gateway is its one client. */
export const ollamaAddress = '127.0.0.1:11434';

/** Architectures as Ollama names them in its releases. */
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** https://docs.ollama.com/linux#manual-install */
export function ollamaUrl({ version, url }: OllamaSpec, arch: string = process.arch): string {
  const file = `ollama-linux-${architectures[arch] ?? arch}.tar.zst`;
  return url ?? `https://github.com/ollama/ollama/releases/download/v${version}/${file}`;
}

/** Name in the artifact cache: it says what is inside, so that nothing else can be taken for it. */
export function ollamaArtifact({ version, sha256 }: OllamaSpec): string {
  return `ollama-${version}-${sha256}.tar.zst`;
}

/** A folder of its own per content: a wrong archive never replaces a right one. */
export function ollamaDirectory({ layout }: Host, { version, sha256 }: OllamaSpec): string {
  return join(layout.install, `ollama-${version}-${sha256.slice(0, 12)}`);
}

export function ollamaProgram(host: Host, ollama: OllamaSpec): string {
  return join(ollamaDirectory(host, ollama), 'bin', 'ollama');
}

/** Where models lie: on the local disk, because they can be pulled again and are read often. */
export function ollamaHome({ kind, layout }: Host): string {
  return kind === 'systemd' ? ollamaAccount.home : join(layout.cache, 'ollama');
}

/** Ollama as a unit: an account of its own, no secrets, no access to the gateway's state. */
export function ollamaUnit(host: Host, ollama: OllamaSpec): Unit {
  const home = ollamaHome(host);
  return {
    name: ollamaUnitName,
    description: 'Ollama, local models',
    command: [ollamaProgram(host, ollama), 'serve'],
    environment: { HOME: home, OLLAMA_HOST: ollamaAddress, OLLAMA_MODELS: join(home, 'models') },
    workingDirectory: home,
    user: host.kind === 'systemd' ? ollamaAccount.name : '',
    writable: [home],
    restart: { delaySeconds: 10, neverOn: [], burst: { starts: 10, seconds: 300 } },
    stopTimeoutSeconds: 30,
  };
}
