import { gzipSync } from 'node:zlib';
import type { Random } from '../seeded-random.fixture.ts';
import { type Attack, post, unfinished, whole } from './malformed-request.ts';

const valid = JSON.stringify({ unit: 'double', input: 21, tags: ['a', 'b'], priority: 3 });
/** What may be said of a body that is JSON, and may even be right. */
const judged = [200, 202, 400, 404, 409, 413, 422] as const;

const truncated: Attack = (random) =>
  whole([400], post('/execute', valid.slice(0, random.int(1, valid.length - 1))));

const cutOff: Attack = (random) => {
  const sent = random.int(0, valid.length - 1);
  const request = post('/execute', valid);
  return unfinished([400, 'none'], request.subarray(0, request.length - valid.length + sent));
};

const deep: Attack = (random) => {
  const [open, close] = random.pick([
    ['[', ']'],
    ['{"a":', '}'],
    ['[{"a":[', ']}]'],
  ]);
  const depth = 10 ** random.int(1, 5);
  const nested = `${open.repeat(depth)}1${close.repeat(depth)}`;
  return whole(judged, post('/execute', `{"unit":"echo","input":${nested}}`));
};

/** A value of any type, not too large. */
function anyValue(random: Random, depth = 0): unknown {
  const kind = random.int(0, depth > 3 ? 6 : 8);
  if (kind === 0) return null;
  if (kind === 1) return random.int(0, 1) === 1;
  if (kind === 2) return random.int(-1000, 1000) / 8;
  if (kind === 3) return random.pick([Number.MAX_SAFE_INTEGER, -0, 1e308, 5e-324, 2 ** 53]);
  if (kind === 4)
    return random.pick(['', '\0', '\ud800', '__proto__', '🙂', 'x'.repeat(3000), '{{input}}', '1']);
  if (kind < 7) return String.fromCodePoint(random.int(0, 0x10ffff));
  const count = random.int(0, 4);
  if (kind === 7) return Array.from({ length: count }, () => anyValue(random, depth + 1));
  return Object.fromEntries(
    Array.from({ length: count }, () => [
      random.pick(['id', 'n', 'items', 'payment', 'by', 'customer', '', 'toString', 'length']),
      anyValue(random, depth + 1),
    ]),
  );
}

const wrongTypes: Attack = (random, waiting) => {
  const path = random.pick([
    '/execute',
    '/execute-async',
    `/executions/${waiting}/signals/may`,
    `/executions/${waiting}/rerun`,
    '/executions/none/cancel',
  ]);
  const unit = random.pick(['order', 'approve', 'double', 'search', anyValue(random)]);
  const body = random.pick<unknown>([
    { unit, input: anyValue(random) },
    { unit, input: anyValue(random), tags: anyValue(random), priority: anyValue(random) },
    { payload: anyValue(random) },
    { from: anyValue(random), reason: anyValue(random) },
    anyValue(random),
  ]);
  return whole(judged, post(path, JSON.stringify(body) ?? ''));
};

const poisoned: Attack = (random) => {
  const [open, close] = random.pick([
    ['{"unit":"echo","input":', '}'],
    ['{"unit":"order","input":{"notes":', '}}'],
    ['', ''],
  ]);
  const poison = random.pick([
    '{"__proto__":{"polluted":1}}',
    '{"constructor":{"prototype":{"polluted":1}}}',
    '{"\\u005f_proto__":{"polluted":1}}',
    '{"a":{"b":[{"__proto__":{"polluted":1}}]}}',
    '{"prototype":{"polluted":1}}',
    '{"toString":1,"hasOwnProperty":2,"then":{"polluted":1},"toJSON":3}',
  ]);
  return whole(judged, post('/execute', `${open}${poison}${close}`));
};

const numbers: Attack = (random) => {
  const digits = '9'.repeat(10 ** random.int(2, 5));
  const number = random.pick([
    digits,
    `-${digits}`,
    `0.${digits}`,
    `1e${digits}`,
    '1e999',
    '-1e999',
    '1e-999',
    '-0',
    'NaN',
    'Infinity',
    '0x10',
    '01',
    '.5',
    '1_000',
    '9007199254740993',
  ]);
  const unit = random.pick(['double', 'echo', 'approve']);
  return whole(judged, post('/execute', `{"unit":"${unit}","input":${number}}`));
};

const encodings: Attack = (random) => {
  const json = Buffer.from(valid);
  const body = random.pick([
    Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), json]),
    Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(valid, 'utf16le')]),
    Buffer.from(valid, 'utf16le'),
    Buffer.from(valid.replace('double', '\xff\xfe\xc0\xaf'), 'latin1'),
    Buffer.from(`{"unit":"echo","input":"\xed\xa0\x80\xf5\x80\x80\x80"}`, 'latin1'),
    Buffer.from('{"unit":"echo","input":"\\ud800\\udc00\\ud800"}'),
    Buffer.from('{"unit":"echo","input":"\0"}'),
    Buffer.from(valid.replaceAll('"', "'")),
    Buffer.concat([json, Buffer.from('\0')]),
    random.bytes(random.int(1, 2000)),
    Buffer.alloc(0),
  ]);
  return whole(judged, post('/execute', body));
};

const zeros = gzipSync(Buffer.alloc(8 * 1024 * 1024));

const compressed: Attack = (random) => {
  const body = random.pick([zeros, gzipSync(valid), Buffer.from(valid)]);
  const encoding = random.pick(['gzip', 'deflate', 'br', 'gzip, gzip, gzip', 'identity', 'x']);
  const headers = `content-type: application/json\r\ncontent-encoding: ${encoding}\r\n`;
  return whole([...judged, 415], post('/execute', body, headers));
};

const contentTypes: Attack = (random) => {
  const type = random.pick([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-7',
    'application/json; '.repeat(200),
    'application/json/../../x',
    'application/JSON',
    '*/*',
    ';',
    'application/problem+json',
    `application/${'x'.repeat(4000)}`,
    random.bytes(8).toString('hex'),
  ]);
  return whole([...judged, 415], post('/execute', valid, `content-type: ${type}\r\n`));
};

const tooLarge: Attack = (random) => {
  const announced = random.pick(['1048577', '99999999999', '9007199254740993']);
  const head = `POST /execute HTTP/1.1\r\nhost: target\r\ncontent-type: application/json\r\ncontent-length: ${announced}\r\n\r\n`;
  return unfinished([400, 413], head, valid);
};

/** A byte at a time. */
const slow: Attack = (random) => {
  const request = post('/execute', valid);
  const from = random.int(0, request.length - 40);
  const drops = Array.from({ length: 30 }, (_, i) => request.subarray(from + i, from + i + 1));
  return whole([200], request.subarray(0, from), ...drops, request.subarray(from + 30));
};

export const bodyAttacks = {
  truncated,
  cutOff,
  deep,
  wrongTypes,
  poisoned,
  numbers,
  encodings,
  compressed,
  contentTypes,
  tooLarge,
  slow,
} satisfies Record<string, Attack>;
