import { definePolicy, explain, formatDocument, mergeConfig, parseDocument } from '@clawharbor/config-merge';

const policy = definePolicy({
  rules: [
    { path: 'server', owner: 'managed', reason: 'the load balancer forwards to it' },
    { path: 'server.auth', owner: 'exclusive', reason: 'nobody adds a way in' },
    { path: 'theme', owner: 'seeded', reason: 'a matter of taste' },
    { path: 'hosts', owner: 'managed', arrayKey: 'name' },
  ],
});

const live = parseDocument(`{
  server: { port: 8080, auth: { token: 'old' } }, // by hand
  theme: 'dark',
  hosts: [{ name: 'a', weight: 5 }, { name: 'ours' }],
}`);

const result = mergeConfig({
  live,
  desired: {
    server: { port: 80, auth: { mode: 'oidc' } },
    theme: 'light',
    hosts: [{ name: 'a', region: 'eu' }],
  },
  policy,
});

console.log(formatDocument(result.config));
console.log(explain(result, 'server.auth.token').reason);
