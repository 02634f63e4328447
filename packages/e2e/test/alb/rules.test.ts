import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { redirectLocation } from '../../src/alb/redirect.ts';
import { type RoutedRequest, selectRule } from '../../src/alb/rules.ts';
import { Condition, RedirectConfig } from '../../src/alb/shapes.ts';

const request: RoutedRequest = {
  host: 'test.example.com',
  method: 'GET',
  path: '/img/2026/cat.jpg',
  query: 'version=v1&name=Example-cat',
  headers: { 'user-agent': 'Mozilla/5.0 Chrome/1', 'x-tier': ['gold', 'silver'] },
  sourceIp: '192.0.2.7',
};

function meets(condition: object, changed: Partial<RoutedRequest> = {}): boolean {
  const rule = { priority: 1, conditions: [Condition.parse(condition)] };
  return selectRule([rule], { ...request, ...changed }) === rule;
}

describe('Conditions', () => {
  test('A host condition compares without case and knows wildcards', () => {
    const host = (...Values: string[]) => ({ Field: 'host-header', HostHeaderConfig: { Values } });
    expect(meets(host('*.example.com'))).toBe(true);
    expect(meets(host('TEST.example.com'))).toBe(true);
    expect(meets(host('t?st.example.com'))).toBe(true);
    expect(meets(host('*.example.com'), { host: 'example.com' })).toBe(false);
    // A dot is a dot.
    expect(meets(host('test.example.com'), { host: 'testxexample.com' })).toBe(false);
    expect(meets(host('a.com', 'test.example.com'))).toBe(true);
  });

  test('A path condition looks at the whole path, case and all, and not at the query', () => {
    const path = (...Values: string[]) => ({ Field: 'path-pattern', PathPatternConfig: { Values } });
    expect(meets(path('/img/*'))).toBe(true);
    expect(meets(path('/img/*/cat.jp?'))).toBe(true);
    expect(meets(path('/IMG/*'))).toBe(false);
    expect(meets(path('/img'))).toBe(false);
    expect(meets(path('*version*'))).toBe(false);
    expect(meets(path('/a+b/$(x)'), { path: '/a+b/$(x)' })).toBe(true);
  });

  test('A header condition holds when one value of the header matches', () => {
    const header = (HttpHeaderName: string, ...Values: string[]) => ({
      Field: 'http-header',
      HttpHeaderConfig: { HttpHeaderName, Values },
    });
    expect(meets(header('User-Agent', '*chrome*'))).toBe(true);
    expect(meets(header('X-Tier', 'silver'))).toBe(true);
    expect(meets(header('X-Tier', 'bronze', 'sil'))).toBe(false);
    expect(meets(header('X-Missing', '*'))).toBe(false);
  });

  test('A method condition is exact', () => {
    const method = (...Values: string[]) => ({
      Field: 'http-request-method',
      HttpRequestMethodConfig: { Values },
    });
    expect(meets(method('POST', 'GET'))).toBe(true);
    expect(meets(method('get'))).toBe(false);
  });

  test('A query condition compares pairs, or values of any key', () => {
    const query = (...Values: object[]) => ({ Field: 'query-string', QueryStringConfig: { Values } });
    expect(meets(query({ Key: 'version', Value: 'v1' }))).toBe(true);
    expect(meets(query({ Key: 'name', Value: 'v1' }))).toBe(false);
    expect(meets(query({ Value: '*example*' }))).toBe(true);
  });

  test('A source address condition compares networks', () => {
    const source = (...Values: string[]) => ({ Field: 'source-ip', SourceIpConfig: { Values } });
    expect(meets(source('192.0.2.0/24'))).toBe(true);
    expect(meets(source('198.51.100.0/24', '192.0.2.7/32'))).toBe(true);
    expect(meets(source('192.0.3.0/24'))).toBe(false);
    expect(meets(source('2001:db8::/32'), { sourceIp: '2001:db8::1' })).toBe(true);
    expect(meets(source('192.0.2.0/24'), { sourceIp: '2001:db8::1' })).toBe(false);
  });
});

test('The lowest priority number wins among the rules whose conditions all hold', () => {
  const get = Condition.parse({ Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['GET'] } });
  const post = Condition.parse({
    Field: 'http-request-method',
    HttpRequestMethodConfig: { Values: ['POST'] },
  });
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 50_000 }), { minLength: 3 }), (priorities) => {
      const rules = priorities.map((priority, index) => ({
        priority,
        conditions: index === 0 ? [get, post] : [get],
      }));
      expect(selectRule(rules, request)?.priority).toBe(Math.min(...priorities.slice(1)));
    }),
  );
});

describe('A redirect', () => {
  const requested = { protocol: 'http', host: 'example.com', port: 80, path: '/a/b', query: 'c=d' } as const;
  const location = (config: object, changed: object = {}) =>
    redirectLocation(
      RedirectConfig.parse({ StatusCode: 'HTTP_301', ...config }),
      { ...requested, ...changed },
      (port) => (port === 443 ? 8443 : port),
    );

  test('keeps what it does not change', () => {
    expect(location({ Protocol: 'HTTPS', Port: '443' })).toBe('https://example.com:8443/a/b?c=d');
    expect(location({ Path: '/new/#{path}' })).toBe('http://example.com:80/new/a/b?c=d');
    expect(location({ Host: 'www.#{host}', Query: '' })).toBe('http://www.example.com:80/a/b');
    expect(location({ Query: 'from=#{host}&#{query}' })).toBe(
      'http://example.com:80/a/b?from=example.com&c=d',
    );
  });

  test('stays on its host, however the path looks', () => {
    fc.assert(
      fc.property(fc.webPath(), (path) => {
        const to = new URL(
          location({ Protocol: 'HTTPS' }, { path: path.startsWith('/') ? path : `/${path}` }),
        );
        expect(to.hostname).toBe('example.com');
      }),
    );
    expect(new URL(location({}, { path: '//evil.com' })).hostname).toBe('example.com');
  });
});
