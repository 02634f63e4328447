#!/usr/bin/env -S node --conditions=source --disable-warning=ExperimentalWarning
import { run } from '../cli/program.ts';

process.exitCode = await run(process.argv);
