import { defineConfig } from '@clawharbor/infra';

export default defineConfig({
  name: 'openclaw',
  account: '123456789012',
  region: 'eu-central-1',
  domain: {
    hostedZone: { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' },
    names: ['openclaw.example.com'],
  },
  openclaw: {
    // Cognito subs, not e-mail addresses: `aws cognito-idp admin-get-user` shows them once the pool is there.
    admins: ['6f1c2a34-5b67-4c89-9d01-23456789abcd'],
  },
});
