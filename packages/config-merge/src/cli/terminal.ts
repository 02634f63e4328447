/** Where output goes. Only a stream that says it is a terminal gets colour. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** What the command line has of the world besides files. */
export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
  readStdin(): Promise<Uint8Array>;
}
