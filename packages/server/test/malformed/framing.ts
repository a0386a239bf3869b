import { type Attack, host, unfinished } from './malformed-request.ts';

/** What would be started if a server took the end of one request for another. */
const inner = '{"unit":"double","input":1,"tags":["smuggled"]}';
const smuggled = `POST /execute HTTP/1.1\r\nhost: target\r\ncontent-type: application/json\r\ncontent-length: ${inner.length}\r\n\r\n${inner}`;
const json = 'content-type: application/json\r\n';
const body = '{"unit":"nothing"}';
const refused = [400, 411, 413, 415, 431, 501, 'none'] as const;

const lengths: Attack = (random) => {
  const length = random.pick([
    '-1',
    '+18',
    '0x12',
    '1e1',
    '18, 18',
    '18 18',
    ' ',
    '18;',
    '99999999999999999999',
    '1'.repeat(500),
    '18\t19',
    '①',
  ]);
  return unfinished(
    refused,
    `POST /execute HTTP/1.1\r\n${host}${json}content-length: ${length}\r\n\r\n${body}${smuggled}`,
  );
};

const twoFramings: Attack = (random) => {
  const n = body.length;
  const chunked = `${n.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  const framing = random.pick([
    `content-length: ${n}\r\ncontent-length: ${n + smuggled.length}\r\n`,
    `content-length: ${n}\r\nContent-Length: ${n}\r\n`,
    `content-length: ${n}\r\ntransfer-encoding: chunked\r\n`,
    `transfer-encoding: chunked\r\ncontent-length: ${n}\r\n`,
    'transfer-encoding: xchunked\r\n',
    'transfer-encoding: chunked, identity\r\n',
    'transfer-encoding: identity, chunked, x\r\n',
    'transfer-encoding : chunked\r\n',
    'transfer-encoding: chunked\r\n\ttransfer-encoding: identity\r\n',
    `transfer-encoding:\x0bchunked\r\ncontent-length: ${n}\r\n`,
    `content-length: ${n}\r\n content-length: 0\r\n`,
    `content-length\0: ${n}\r\n`,
    `: ${n}\r\n`,
  ]);
  const sent = framing.includes('chunked') ? chunked : body;
  return unfinished(refused, `POST /execute HTTP/1.1\r\n${host}${json}${framing}\r\n${sent}${smuggled}`);
};

const chunks: Attack = (random) => {
  const head = `POST /execute HTTP/1.1\r\n${host}${json}transfer-encoding: chunked\r\n\r\n`;
  const chunk = random.pick([
    `-12\r\n${body}\r\n0\r\n\r\n`,
    `0x12\r\n${body}\r\n0\r\n\r\n`,
    `FFFFFFFFFFFFFFFFF\r\n${body}\r\n0\r\n\r\n`,
    `FFFFFFFFFFFFFFFF\r\n${body}\r\n0\r\n\r\n`,
    `12\n${body}\n0\n\n`,
    `12\r\n${body}0\r\n\r\n`,
    `12 \r\n${body}\r\n0\r\n\r\n`,
    `11\r\n${body}\r\n0\r\n\r\n`,
    `zz\r\n\r\n`,
    `12;${'x'.repeat(20_000)}\r\n${body}\r\n0\r\n\r\n`,
    `12\r\n${body}\r\n`,
  ]);
  return unfinished([...refused, 404], `${head}${chunk}`, smuggled);
};

const lines: Attack = (random) => {
  const request = random.pick([
    `GET /info HTTP/1.1\nhost: target\n\n`,
    `GET /info HTTP/1.1\rhost: target\r\r`,
    `GET /info HTTP/1.1\r\nhost: target\r\nx: a\r\n b\r\n\r\n`,
    `GET /info HTTP/1.1\r\nhost: target\r\nx: a\rb: c\r\n\r\n`,
    `GET /info HTTP/1.1\r\nhost: target\r\nx: a\nb: c\r\n\r\n`,
    `GET /info HTTP/1.1\r\nhost: target\r\nx\0y: a\r\n\r\n`,
    `GET /info HTTP/1.1\r\nhost: target\r\nx y: a\r\n\r\n`,
    `GET  /info HTTP/1.1\r\nhost: target\r\n\r\n`,
    `GET /info HTTP/1.1\r\n\r\n`,
    `GET /info HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n`,
    `GET /info\r\n\r\n`,
    `\r\n\r\n\r\n`,
    `GET /info HTTP/1.1 \r\nhost: target\r\n\r\n`,
    random.bytes(random.int(1, 500)),
  ]);
  // Some of them are let through by what RFC 9112 allows.
  return unfinished([...refused, 200, 404, 505], request);
};

const versions: Attack = (random) => {
  const version = random.pick([
    'HTTP/0.9',
    'HTTP/1.2',
    'HTTP/2.0',
    'HTTP/3',
    'HTTP/1',
    'http/1.1',
    'ICY/1.0',
    'HTTP/1.1x',
  ]);
  // Node takes lines of 0.9 and 2.0 for what they look like.
  return unfinished([...refused, 200, 505], `GET /info ${version}\r\n${host}\r\n`);
};

const headers: Attack = (random) => {
  const many = `${Array.from({ length: random.int(500, 3000) }, (_, i) => `x-${i}: ${i}`).join('\r\n')}\r\n`;
  const large = `x: ${'y'.repeat(random.int(17_000, 200_000))}\r\n`;
  return unfinished([...refused, 200], `GET /info HTTP/1.1\r\n${host}${random.pick([many, large])}\r\n`);
};

const expectations: Attack = (random) => {
  const line = random.pick([
    'expect: 100-continue',
    'expect: nonsense',
    'upgrade: websocket\r\nconnection: upgrade',
    'upgrade: h2c\r\nconnection: upgrade, http2-settings\r\nhttp2-settings: AAMAAABkAAQCAAAAAAIAAAAA',
    'te: trailers, deflate;q=0.5',
    'range: bytes=0-0,-1',
    'connection: host, content-length, content-type',
  ]);
  return unfinished(
    [...refused, 100, 200, 404, 417],
    `POST /execute HTTP/1.1\r\nhost: target\r\n${line}\r\n${json}content-length: ${body.length}\r\n\r\n${body}`,
  );
};

export const framingAttacks = {
  lengths,
  twoFramings,
  chunks,
  lines,
  versions,
  headers,
  expectations,
} satisfies Record<string, Attack>;
