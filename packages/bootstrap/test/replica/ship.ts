/** A shipper as a process of its own. Arguments: the database, the folder of its replica, options as JSON. */
import { Shipper } from '../../src/replica/index.ts';

const [database, folder, options = '{}'] = process.argv.slice(2) as [string, string, string?];
const shipper = new Shipper({ database, folder, ...(JSON.parse(options) as object) });
await shipper.start();
process.stdin.once('end', () => process.exit()).resume();
process.stdout.write('ready\n');
setInterval(() => void tick(), 250);

async function tick(): Promise<void> {
  const start = performance.now();
  const { hole } = await shipper.sync();
  const milliseconds = Math.round(performance.now() - start);
  if (milliseconds > 500) process.stdout.write(`slow ${milliseconds} ms\n`);
  if (hole !== undefined) process.stdout.write(`hole ${hole}\n`);
}
