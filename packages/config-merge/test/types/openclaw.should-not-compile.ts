import { definePolicy } from '../../src/index.ts';
import type { OpenClawConfig } from '../../src/openclaw-config.ts';

export const policy = definePolicy<OpenClawConfig>({
  rules: [
    // error TS2820: Did you mean '"gateway.auth"'?
    { path: 'gateway.aut', owner: 'exclusive' },
    // error TS2820: Did you mean '"gateway.trustedProxies"'?
    { path: 'gateway.trustedProxy', owner: 'exclusive' },
    // error TS2820: Type '"models.providers.*.key"'
    { path: 'models.providers.*.key', owner: 'managed' },
    // error TS2820: Type '"plugins.entries.enabled"'
    { path: 'plugins.entries.enabled', owner: 'managed' },
  ],
});
