#!/usr/bin/env node
import { buffer } from 'node:stream/consumers';
import { main } from '../cli/main.ts';

let lost = false;
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  // Who pipes into head has read enough.
  if (code === 'EPIPE') return;
  if (!lost)
    process.stderr.write(`FILE_WRITE standard output: cannot be written (${code}): make room for it\n`);
  lost = true;
  process.exitCode = 1;
});

const exitCode = await main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  readStdin: () => buffer(process.stdin),
});
process.exitCode = lost ? 1 : exitCode;
