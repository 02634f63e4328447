#!/usr/bin/env node
import { buffer } from 'node:stream/consumers';
import { main } from '../cli/main.ts';

// Who pipes into head has read enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  readStdin: () => buffer(process.stdin),
});
