/**
 * Odd but harmless requests, and what a strict server makes of each. The reasons are those of desync.ts.
 *
 * `at(line, ...headers)` begins a request of alice's; what follows the empty line is its body, or more requests.
 */
export type Expected =
  /** Refused by the load balancer with this status; nothing arrives. */
  | number
  /** Requests that arrive: method, target and body of each. */
  | readonly string[];

export interface Row {
  readonly name: string;
  readonly bytes: (at: (line: string, ...headers: string[]) => string) => string;
  readonly defensive: Expected;
  /** Default: the same. */
  readonly strictest?: Expected;
}

const row = (name: string, bytes: Row['bytes'], defensive: Expected, strictest?: Expected): Row => ({
  name,
  bytes,
  defensive,
  ...(strictest === undefined ? {} : { strictest }),
});

const post = 'POST /p HTTP/1.1';
const chunked = 'Transfer-Encoding: chunked';
const ab = '2\r\nab\r\n0\r\n\r\n';
const next = 'GET /next HTTP/1.1';
/** A body that looks like a request. */
const inside = 'GET /inside HTTP/1.1\r\nHost: openclaw.example.com\r\n\r\n';

const lengths: readonly Row[] = [
  row('one length', (at) => `${at(post, 'Content-Length: 2')}ab`, ['POST /p ab']),
  row('a length with leading zeros', (at) => `${at(post, 'Content-Length: 0002')}ab`, ['POST /p ab']),
  row('a length of nothing', (at) => at(post, 'Content-Length: 0'), ['POST /p ']),
  row('no length', (at) => at(post), ['POST /p ']),
  row('the same length twice', (at) => `${at(post, 'Content-Length: 2', 'Content-Length: 2')}ab`, 400),
  row('two lengths', (at) => `${at(post, 'Content-Length: 2', 'Content-Length: 3')}abc`, 400),
  row('a list of lengths', (at) => `${at(post, 'Content-Length: 2, 2')}ab`, 400),
  ...['+2', '-2', '0x2', '2.0', '2 2', '', 'two', '99999999999999999999'].map((length) =>
    row(`a length of ${JSON.stringify(length)}`, (at) => `${at(post, `Content-Length: ${length}`)}ab`, 400),
  ),
  row('a length and a coding', (at) => at(post, 'Content-Length: 10', chunked) + ab, 400),
  row('a coding and a length', (at) => at(post, chunked, 'Content-Length: 10') + ab, 400),
  row('a length spelt otherwise', (at) => at(post, 'Content_Length: 2'), ['POST /p '], 400),
  row(
    'a length spelt otherwise beside one',
    (at) => `${at(post, 'Content-Length: 2', 'Content--Length: 9')}ab`,
    ['POST /p ab'],
    400,
  ),
];

const codings: readonly Row[] = [
  row('chunks', (at) => at(post, chunked) + ab, ['POST /p ab']),
  row('chunks in another case', (at) => at(post, 'TRANSFER-encoding:\tChunked') + ab, ['POST /p ab']),
  row('chunks with extensions', (at) => `${at(post, chunked)}2;a=b;c="d"\r\nab\r\n0;e\r\n\r\n`, [
    'POST /p ab',
  ]),
  row('chunks with sizes in any form', (at) => `${at(post, chunked)}00A\r\n0123456789\r\n000\r\n\r\n`, [
    'POST /p 0123456789',
  ]),
  row(
    'chunks with trailers',
    (at) =>
      `${at(post, chunked, 'Trailer: X-Late')}2\r\nab\r\n0\r\nX-Late: 1\r\nX-Amzn-Oidc-Identity: mallory\r\nX-Forwarded-For: 10.0.0.1\r\n\r\n`,
    ['POST /p ab'],
  ),
  row(
    'a length among the trailers',
    (at) => `${at(post, chunked)}2\r\nab\r\n0\r\nContent-Length: 9\r\n\r\n`,
    400,
  ),
  row('chunks twice', (at) => at(post, chunked, chunked) + ab, 400),
  ...[
    'chunked, chunked',
    'gzip, chunked',
    'gzip',
    'identity',
    'xchunked',
    '"chunked"',
    'chunked;q=1',
    '',
  ].map((coding) =>
    row(`the coding ${JSON.stringify(coding)}`, (at) => at(post, `Transfer-Encoding: ${coding}`) + ab, 400),
  ),
  row('chunks of HTTP/1.0', (at) => at('POST /p HTTP/1.0', chunked) + ab, ['POST /p ab'], 400),
  row('a coding spelt otherwise', (at) => at(post, 'Transfer_Encoding: chunked'), ['POST /p '], 400),
  row('a coding with a space before the colon', (at) => at(post, 'Transfer-Encoding : chunked') + ab, 400),
  ...['0x2', '2 ', '-2', '', 'g', 'fffffffffffffffff'].map((size) =>
    row(
      `a chunk size of ${JSON.stringify(size)}`,
      (at) => `${at(post, chunked)}${size}\r\nab\r\n0\r\n\r\n`,
      400,
    ),
  ),
  row('a chunk longer than its size', (at) => `${at(post, chunked)}2\r\nabc\r\n0\r\n\r\n`, 400),
  row('chunks between bare line feeds', (at) => `${at(post, chunked)}2\nab\n0\n\n`, 400),
  row(
    'an extension that ends with a bare line feed',
    (at) => `${at(post, chunked)}2;a\nab\r\n0\r\n\r\n`,
    400,
  ),
];

const methods: readonly Row[] = ['DELETE', 'OPTIONS', 'PATCH', 'PUT', 'POST', 'PROPFIND'].flatMap(
  (method) => [
    row(`${method} with a body`, (at) => `${at(`${method} /m HTTP/1.1`, 'Content-Length: 2')}ab`, [
      `${method} /m ab`,
    ]),
    row(`${method} with chunks`, (at) => at(`${method} /m HTTP/1.1`, chunked) + ab, [`${method} /m ab`]),
    row(`${method} without a body`, (at) => at(`${method} /m HTTP/1.1`), [`${method} /m `]),
  ],
);

const bodiesOfNothing: readonly Row[] = ['GET', 'HEAD'].flatMap((method) => [
  row(
    `${method} with a body`,
    (at) => `${at(`${method} /m HTTP/1.1`, 'Content-Length: 2')}ab`,
    [`${method} /m ab`],
    400,
  ),
  row(`${method} with chunks`, (at) => at(`${method} /m HTTP/1.1`, chunked) + ab, [`${method} /m ab`], 400),
  row(
    `${method} with a length of nothing`,
    (at) => at(`${method} /m HTTP/1.1`, 'Content-Length: 0'),
    [`${method} /m `],
    400,
  ),
]);

const named: readonly Row[] = [
  'Content-Length',
  'content-length, close',
  'Host',
  'Cookie',
  'X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Port',
  'X-Amzn-Oidc-Identity, x-amzn-oidc-data, x-amzn-oidc-accesstoken',
  'X-Amzn-Trace-Id',
  'Transfer-Encoding',
  'Connection',
  '*',
  ', ,,',
].flatMap((tokens) =>
  ['POST', 'DELETE', 'OPTIONS'].map((method) =>
    row(
      `${method} with Connection: ${tokens}`,
      (at) =>
        at(`${method} /c HTTP/1.1`, `Connection: ${tokens}`, `Content-Length: ${inside.length}`) + inside,
      [`${method} /c ${inside}`],
    ),
  ),
);

const identities: readonly Row[] = [
  'X-Amzn-Oidc-Identity',
  'x-amzn-oidc-data',
  'X-AMZN-OIDC-ACCESSTOKEN',
  'x_amzn_oidc_identity',
  'X-Amzn_Oidc-Identity',
  'x-amzn-oidc-other',
].map((name) =>
  row(`an identity of one's own in ${name}`, (at) => at('GET /i HTTP/1.1', `${name}: mallory`), ['GET /i ']),
);

const upgrades: readonly Row[] = [
  ...['h2c', 'foo', 'websocket', 'websocket, h2c', 'TLS/1.0'].flatMap((protocol) => {
    const upgrade = ['Connection: Upgrade', `Upgrade: ${protocol}`];
    return [
      row(`Upgrade: ${protocol} without a handshake`, (at) => at('GET /u HTTP/1.1', ...upgrade), ['GET /u ']),
      row(
        `Upgrade: ${protocol} with a body`,
        (at) => `${at('POST /u HTTP/1.1', ...upgrade, 'Content-Length: 2')}ab`,
        ['POST /u ab'],
      ),
      row(`Upgrade: ${protocol} with chunks`, (at) => at('POST /u HTTP/1.1', ...upgrade, chunked) + ab, [
        'POST /u ab',
      ]),
    ];
  }),
  row(
    'Upgrade without Connection',
    (at) => `${at('POST /u HTTP/1.1', 'Upgrade: foo', 'Content-Length: 2')}ab`,
    ['POST /u ab'],
  ),
  row(
    'a WebSocket with a body',
    (at) =>
      `${at('GET /u HTTP/1.1', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Content-Length: 2')}ab`,
    ['GET /u ab'],
    400,
  ),
];

const lines: readonly Row[] = [
  row('bare line feeds', (at) => at('GET /l HTTP/1.1').replaceAll('\r', ''), 400),
  row('one bare line feed', (at) => at('GET /l HTTP/1.1', 'X-A: 1\nX-B: 2'), 400),
  row('a bare carriage return', (at) => at('GET /l HTTP/1.1', 'X-A: 1\rX-B: 2'), 400),
  row('a folded line', (at) => at('GET /l HTTP/1.1', 'X-A: 1\r\n 2'), 400),
  row('a folded coding', (at) => at(post, 'Transfer-Encoding:\r\n chunked') + ab, 400),
  row('a space before the first header', (at) => at('GET /l HTTP/1.1\r\n X-A: 1'), 400),
  row('a space before the colon', (at) => at('GET /l HTTP/1.1', 'X-A : 1'), 400),
  row('no colon', (at) => at('GET /l HTTP/1.1', 'X-A'), 400),
  row('no name', (at) => at('GET /l HTTP/1.1', ': 1'), 400),
  row('a NUL', (at) => at('GET /l HTTP/1.1', 'X-A: a\0b'), 400),
  row('a control character', (at) => at('GET /l HTTP/1.1', 'X-A: a\u0001b'), 400),
  row('letters outside of ASCII', (at) => at('GET /l HTTP/1.1', 'X-A: \u00e9'), ['GET /l ']),
  row('empty lines before it', (at) => `\r\n\r\n${at('GET /l HTTP/1.1')}`, ['GET /l ']),
  row('two hosts', (at) => at('GET /l HTTP/1.1', 'Host: www.example.com'), 400),
  row('the same host twice', (at) => at('GET /l HTTP/1.1', 'Host: openclaw.example.com'), 400),
];

const requestLines: readonly Row[] = [
  row('HTTP/1.0', (at) => at('GET /v HTTP/1.0'), ['GET /v ']),
  ...['1.2', '2.0', '3.0', '11'].map((version) =>
    row(`HTTP/${version}`, (at) => at(`GET /v HTTP/${version}`), 400),
  ),
  row('a method in small letters', (at) => at('get /v HTTP/1.1'), 400),
  row('a method that nobody knows', (at) => at('FOO /v HTTP/1.1'), 400),
  row('TRACE', (at) => at('TRACE /v HTTP/1.1'), 405),
  row('CONNECT', (at) => at('CONNECT openclaw.example.com:443 HTTP/1.1'), 405),
  row('a space in the target', (at) => at('GET /a b HTTP/1.1'), 400),
  row('a tab in the target', (at) => at('GET /a\tb HTTP/1.1'), 400),
  row('a letter outside of ASCII in the target', (at) => at('GET /\u00e9 HTTP/1.1'), 400),
  row('a target without a slash', (at) => at('GET v HTTP/1.1'), 400),
  row('an absolute target', (at) => at('GET https://openclaw.example.com/v?w HTTP/1.1'), ['GET /v?w ']),
  row('an absolute target without a path', (at) => at('GET https://openclaw.example.com HTTP/1.1'), [
    'GET / ',
  ]),
  row('an absolute target with a user', (at) => at('GET https://a@openclaw.example.com/ HTTP/1.1'), 400),
  row('another scheme', (at) => at('GET ftp://openclaw.example.com/ HTTP/1.1'), 400),
  row('an asterisk', (at) => at('OPTIONS * HTTP/1.1'), ['OPTIONS * ']),
  row('an asterisk for GET', (at) => at('GET * HTTP/1.1'), 400),
];

const several: readonly Row[] = [
  row('two at once', (at) => at('GET /1 HTTP/1.1') + at(next), ['GET /1 ', 'GET /next ']),
  row('two with bodies at once', (at) => `${at(post, 'Content-Length: 2')}ab${at(post, chunked)}${ab}`, [
    'POST /p ab',
    'POST /p ab',
  ]),
  row(
    'two, the first of which ends the connection',
    (at) => at('GET /1 HTTP/1.1', 'Connection: close') + at(next),
    ['GET /1 '],
  ),
  row(
    'one that is refused, then another',
    (at) => at('GET /1 HTTP/1.1', 'Transfer_Encoding: chunked') + at(next),
    ['GET /1 '],
    400,
  ),
  row(
    'one for another protocol, then another',
    (at) => at('GET /1 HTTP/1.1', 'Connection: Upgrade', 'Upgrade: h2c') + at(next),
    ['GET /1 '],
  ),
  row(
    'one for another protocol with a body, then another',
    (at) =>
      `${at('POST /1 HTTP/1.1', 'Connection: Upgrade', 'Upgrade: h2c', 'Content-Length: 2')}ab${at(next)}`,
    ['POST /1 ab'],
  ),
  row(
    'a WebSocket behind one that waits',
    (at) =>
      at('GET /1 HTTP/1.1') +
      at(
        'GET /ws HTTP/1.1',
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ),
    ['GET /1 ', 'GET /ws '],
  ),
];

const expectations: readonly Row[] = [
  row('Expect: 100-continue', (at) => `${at(post, 'Expect: 100-continue', 'Content-Length: 2')}ab`, [
    'POST /p ab',
  ]),
  row('another expectation', (at) => `${at(post, 'Expect: the-spanish', 'Content-Length: 2')}ab`, 417),
];

export const corpus: readonly Row[] = [
  ...lengths,
  ...codings,
  ...methods,
  ...bodiesOfNothing,
  ...named,
  ...identities,
  ...upgrades,
  ...lines,
  ...requestLines,
  ...several,
  ...expectations,
];
