import { type Attack, get, post, unfinished, whole } from './malformed-request.ts';

const refused = [400, 404, 405, 414, 431] as const;

const paths: Attack = (random) => {
  const up = random.pick([
    '..',
    '%2e%2e',
    '.%2e',
    '%252e%252e',
    '%c0%ae%c0%ae',
    '..%00',
    '..;',
    '..\\',
    '%5c..',
  ]);
  const target = random.pick([
    `/${up}/${up}/etc/passwd`,
    `/flows/${up}/graph`,
    `/status/${up}`,
    `/status/${up}%2fx`,
    `/executions/${up}/events`,
    `/executions/x/signals/${up}`,
    '//openapi.json',
    '/./info',
    '/info/',
    '/INFO',
    '/info%00',
    '/info%20',
    '/%69nfo/x',
    '/status/%',
    '/status/%zz',
    '/status/%f0%28%8c%28',
    `/status/${'x'.repeat(random.int(500, 14_000))}`,
    `/status/${'%41'.repeat(random.int(500, 4000))}`,
    '/status/%0d%0ax-injected:%201',
    '/status/\xff\xfe',
    '/execute?/../info',
  ]);
  return whole(refused, get(target));
};

const methods: Attack = (random) => {
  const method = random.pick([
    'get',
    'GeT',
    'DELETE',
    'PATCH',
    'TRACE',
    'OPTIONS',
    'PROPFIND',
    'CONNECT',
    'PRI',
    'M-SEARCH',
    'X'.repeat(random.int(1, 9000)),
    'G ET',
    '',
    '\0',
  ]);
  const target = random.pick([
    '/execute',
    '/info/nowhere',
    '*',
    'http://elsewhere/status/x',
    'target:80',
    '',
  ]);
  return unfinished(
    [...refused, 501, 505, 'none'],
    `${method} ${target} HTTP/1.1\r\nhost: target\r\nconnection: close\r\n\r\n`,
  );
};

const queries: Attack = (random) => {
  const name = random.pick([
    'limit',
    'cursor',
    'unit',
    'tag',
    'status',
    '__proto__',
    'limit[]',
    'limit[0]',
    'x',
    '',
  ]);
  const value = random.pick([
    '',
    '0',
    '-1',
    '1e3',
    '1.5',
    'NaN',
    '9'.repeat(400),
    '%00',
    '%zz',
    '%ff',
    'running',
    'aiwork:principal=x',
    '%F0%9F%99%82',
    "'%20OR%201=1--",
    '*',
    '1&limit=2',
    '1&tag=a&tag=b',
  ]);
  return whole([...refused, 200], get(`/executions?${name}=${value}`));
};

const cursors: Attack = (random) => {
  const forged = random.pick<string | Buffer>([
    JSON.stringify([1_790_000_000_000, 'x']),
    '{"__proto__":{"polluted":1},"at":1e999}',
    `${Number.MAX_SAFE_INTEGER}:x`,
    '0',
    "';drop table runs;--",
    random.bytes(random.int(1, 300)),
    Buffer.alloc(1900, 0x41),
  ]);
  const text = random.pick([
    encodeURIComponent(String(forged)),
    Buffer.from(forged).toString('base64url').slice(0, 2500),
    Buffer.from(forged).toString('hex').slice(0, 2500),
  ]);
  return whole([...refused, 200], get(`/executions?cursor=${text}`));
};

const idHeaders: Attack = (random, waiting) => {
  const value = random.pick([
    'x\r\nx-injected: 1',
    '\x80\xff',
    '"; x-injected: 1',
    'x'.repeat(300),
    '%0d%0ax-injected: 1',
    '-1',
    '999999999999999',
    'wait=-1',
    'wait=999999999',
    'wait=0, wait=1, respond-async',
    'W/"*"',
    '*',
    'Bearer \t x',
  ]);
  const header = random.pick([
    'idempotency-key',
    'prefer',
    'if-none-match',
    'last-event-id',
    'authorization',
    'x-request-id',
  ]);
  const line = `${header}: ${value}\r\n`;
  const status = get(`/status/${waiting}`, line);
  const events = get('/executions/none/events', line);
  const start = post(
    '/execute',
    '{"unit":"echo","input":"\\r\\nx-injected: 1"}',
    `content-type: application/json\r\n${line}`,
  );
  return whole([...refused, 200, 202, 304, 409, 422], random.pick<string | Buffer>([status, events, start]));
};

const idBodies: Attack = (random, waiting) => {
  const name = random.pick([
    '\r\nx-injected: 1',
    '__proto__',
    'constructor',
    'x'.repeat(251),
    '\0',
    '../order',
    '\ud800',
    ':',
    ' ',
  ]);
  const encoded = encodeURIComponent(name.isWellFormed() ? name : 'x');
  const request = random.pick([
    post('/execute', JSON.stringify({ unit: name })),
    post('/execute-async', JSON.stringify({ unit: 'double', input: 1, tags: [name] })),
    post(`/executions/${waiting}/rerun`, JSON.stringify({ from: name })),
    post(`/executions/${encoded}/cancel`, JSON.stringify({ reason: name })),
    post(`/executions/${waiting}/signals/${encoded}`, JSON.stringify({ payload: name })),
    post(`/executions/${waiting}/resume`, 'null'),
  ]);
  return whole([...refused, 200, 202, 409, 422], request);
};

export const targetAttacks = {
  paths,
  methods,
  queries,
  cursors,
  idHeaders,
  idBodies,
} satisfies Record<string, Attack>;
