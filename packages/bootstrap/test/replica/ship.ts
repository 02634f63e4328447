/** A shipper as a process of its own. Arguments: the database, the folder of its replica, options as JSON. */
import { Shipper } from '../../src/replica/index.ts';

const [database, folder, options = '{}'] = process.argv.slice(2) as [string, string, string?];
const shipper = new Shipper({ database, folder, ...(JSON.parse(options) as object) });
await shipper.start();
process.stdout.write('ready\n');
setInterval(() => {
  void shipper.sync().then(({ hole }) => {
    if (hole !== undefined) process.stdout.write(`hole ${hole}\n`);
  });
}, 250);
