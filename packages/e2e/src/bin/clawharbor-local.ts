#!/usr/bin/env -S node --conditions=source
import { run } from '../cli/program.ts';

process.exitCode = await run(process.argv);
