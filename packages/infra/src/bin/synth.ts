import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

// Before anything is loaded: the AWS CDK alone is a second of it. In a directory of the account, as whoever can write it
// decides what runs; Node's own default is the temporary folder of all.
enableCompileCache(join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'clawharbor/compile'));
await import('../synth-command.ts');
