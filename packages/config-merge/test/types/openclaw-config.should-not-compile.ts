import type { OpenClawConfig } from '../../src/openclaw/index.ts';

export const configs: readonly OpenClawConfig[] = [
  // error TS2561: 'gatway' does not exist in type 'OpenClawConfig'. Did you mean to write 'gateway'?
  { gatway: {} },
  // error TS2561: 'modle' does not exist
  { agents: { defaults: { modle: 'a/b' } } },
  // error TS2322: Type 'null' is not assignable
  { session: null },
  // error TS2322: Type 'string' is not assignable to type 'number'
  { gateway: { port: '5173' } },
  // error TS2322: Type '"all"' is not assignable
  { session: { scope: 'all' } },
  // error TS2322: is not assignable to type 'string'
  { tools: { agentToAgent: { enabled: true, allow: [{ from: 'main', to: 'ops' }] } } },
];
