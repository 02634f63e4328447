import { definePolicy } from '../../src/index.ts';
import type { MyConfig } from './config.ts';

export const policy = definePolicy<MyConfig>({
  rules: [
    // error TS2820: Did you mean '"server.auth"'?
    { path: 'server.aut', owner: 'managed' },
    // error TS2322: Type '"server.port.number"'
    { path: 'server.port.number', owner: 'managed' },
    // error TS2322: Type '"*"'
    { path: '*', owner: 'managed' },
    // error TS2820: Type '"server.*"'
    { path: 'server.*', owner: 'managed' },
    // error TS2820: Type '"regions.*.uri"'
    { path: 'regions.*.uri', owner: 'managed' },
    // error TS2322: Type '"regions[\"eu\"].uri"'
    { path: 'regions["eu"].uri', owner: 'managed' },
    // error TS2820: Type '"regions.*.tags.*"'
    { path: 'regions.*.tags.*', owner: 'managed' },
    // error TS2820: Type '"hosts.*.height"'
    { path: 'hosts.*.height', owner: 'managed' },
    // error TS2322: Type '"log.level"'
    { path: 'log.level', owner: 'managed' },
    // error TS2322: Type '"tree.right"'
    { path: 'tree.right', owner: 'managed' },
    // error TS2820: Type '"tree.left.left.right"'
    { path: 'tree.left.left.right', owner: 'managed' },
    // error TS2322: Type '"root"'
    { path: 'server', owner: 'root' },
  ],
});
