import { join } from 'node:path';
import { tmpdir } from 'node:os';

/**
 * What a program's sources are compiled to is kept for the next one that a test starts, as long as the run's temporary folder
 * is there: half of what a start from sources costs is stripping its types and compiling it. Not where a real gateway
 * is started, which would find it, too.
 * @see https://nodejs.org/api/module.html#module-compile-cache
 */
export default function compileCache(): void {
  process.env['NODE_COMPILE_CACHE'] = join(tmpdir(), 'compile-cache');
}
