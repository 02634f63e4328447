import { spawn } from 'node:child_process';

export interface Execution {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ExecuteOptions {
  readonly input?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** Default: 120. */
  readonly timeoutSeconds?: number;
}

/** Runs a program to its end; a non-zero exit is an answer, not a failure. */
export function execute(
  file: string,
  args: readonly string[],
  options: ExecuteOptions = {},
): Promise<Execution> {
  const { promise, resolve } = Promise.withResolvers<Execution>();
  const child = spawn(file, args, {
    stdio: 'pipe',
    env: options.environment ?? process.env,
    timeout: (options.timeoutSeconds ?? 120) * 1000,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => {}).end(options.input ?? '');
  child.on('error', (error) => resolve({ exitCode: 127, stdout, stderr: error.message }));
  child.on('close', (code, signal) =>
    resolve({ exitCode: code ?? 128, stdout, stderr: stderr + (signal ?? '') }),
  );
  return promise;
}

/** Runs a program that must succeed. @returns what it printed */
export async function succeed(
  file: string,
  args: readonly string[],
  options: ExecuteOptions = {},
): Promise<string> {
  const { exitCode, stdout, stderr } = await execute(file, args, options);
  if (exitCode === 0) return stdout;
  throw new Error(
    `${[file, ...args].join(' ')} ended with exit code ${exitCode}: ${(stderr || stdout).slice(-2000)}`,
  );
}
