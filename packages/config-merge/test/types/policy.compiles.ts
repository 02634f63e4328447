import { definePolicy, type PolicyPath, type Rule } from '../../src/index.ts';
import type { MyConfig } from './config.ts';

const shared: readonly Rule<PolicyPath<MyConfig>>[] = [{ path: 'server.auth', owner: 'exclusive' }];

export const typed = definePolicy<MyConfig>({
  rules: [
    ...shared,
    { path: 'server', owner: 'managed' },
    { path: 'server.auth.mode', owner: 'exclusive' },
    { path: 'regions.*', owner: 'managed' },
    { path: 'regions.*.url', owner: 'managed' },
    { path: 'regions["eu.west"].tags', owner: 'managed' },
    { path: 'hosts', owner: 'managed', arrayKey: 'name' },
    { path: 'hosts.*.weight', owner: 'seeded' },
    { path: '["log.level"]', owner: 'user' },
    { path: 'plugins.any.thing', owner: 'user' },
    { path: 'plugins["any"].thing', owner: 'user' },
    { path: 'tree.left.left.left.left.left.left.left.left.whatever', owner: 'user' },
  ],
});

/** Without the type of the config any path is one. */
export const untyped = definePolicy({ rules: [{ path: 'no.compiler.knows', owner: 'user' }] });
