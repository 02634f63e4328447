import { enableCompileCache } from 'node:module';
import { cacheDirectory } from '../cache-directory.ts';

// Before anything is loaded: the AWS CDK alone is a second of it. What an `up` starts has the cache, too.
const { directory } = enableCompileCache(cacheDirectory('compile'));
if (directory !== undefined) process.env['NODE_COMPILE_CACHE'] = directory;
const { run } = await import('../cli/program.ts');

process.exitCode = await run(process.argv);
