import { type Attributes, ROOT_CONTEXT, type SpanContext, SpanKind } from '@opentelemetry/api';
import { TraceState } from '@opentelemetry/core';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { PlainSpan } from './plain-span.ts';
import { createSpanSerializer } from './span-serializer.ts';

const resource = resourceFromAttributes({ 'service.name': 'tëst', list: ['a', 'b'] });
const scope = { name: '@aiwork/telemetry', version: '0.0.0' };
const place: SpanContext = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: 1,
};

function plain(
  attributes: Attributes,
  {
    name = 'run tea',
    parent,
    ...rest
  }: { name?: string; parent?: SpanContext; traceState?: TraceState } = {},
): PlainSpan {
  const span = new PlainSpan(
    { name, kind: SpanKind.SERVER, place: { ...place, ...rest }, parent, around: ROOT_CONTEXT, attributes },
    {
      resource,
      scope,
      grown: () => expect.unreachable('nothing is added'),
      ended() {},
    },
  );
  span.end();
  return span;
}

/** What each field is, by the numbers in `opentelemetry/proto/trace/v1/trace.proto`; others are not looked at. */
type Shape = { readonly [field: number]: 'raw' | 'text' | Shape };
const any: { [field: number]: 'raw' | 'text' | Shape } = { 1: 'text', 2: 'raw', 3: 'raw', 4: 'raw' };
any[5] = { 1: any };
const pair: Shape = { 1: 'text', 2: any };
const span: Shape = {
  1: 'raw',
  2: 'raw',
  3: 'text',
  4: 'raw',
  5: 'text',
  6: 'raw',
  7: 'raw',
  8: 'raw',
  9: pair,
};
const spans: Shape = { ...span, 15: { 2: 'text', 3: 'raw' }, 16: 'raw' };
const request: Shape = { 1: { 1: { 1: pair }, 2: { 1: { 1: 'text', 2: 'text' }, 2: spans } } };

/** The fields of a message with their values, whatever lengths and defaults were written how. */
function decoded(message: Uint8Array, shape: Shape): object {
  const found: Record<number, unknown[]> = {};
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const taken = (length: number) => {
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const key = Number(varint());
    const field = key >> 3;
    const wire = key & 7;
    const value =
      wire === 0 ? varint() : wire === 1 ? taken(8) : wire === 5 ? taken(4) : taken(Number(varint()));
    const is = shape[field];
    if (is === undefined) continue;
    found[field] ??= [];
    if (!(value instanceof Uint8Array)) found[field].push(value);
    else if (is === 'raw') found[field].push(Buffer.from(value).toString('hex'));
    else if (is === 'text') found[field].push(new TextDecoder('utf-8', { fatal: true }).decode(value));
    else found[field].push(decoded(value, is));
  }
  // A status that is unset may be said or not.
  if (
    JSON.stringify(found[15], (_, value) => (typeof value === 'bigint' ? `${value}` : value)) ===
    '[{"3":["0"]}]'
  )
    delete found[15];
  return found;
}

const read = (bytes: Uint8Array | undefined) => decoded(bytes ?? new Uint8Array(), request);

/** What the serializer of the SDK says of the same spans. */
function expectSame(given: readonly ReadableSpan[]): void {
  const ours = read(createSpanSerializer().serializeRequest([...given]));
  expect(ours).toEqual(read(ProtobufTraceSerializer.serializeRequest([...given])));
}

it.each<[string, Attributes]>([
  ['none', {}],
  [
    'texts of all lengths',
    Object.fromEntries([0, 1, 127, 128, 129, 16_384, 40_000].map((n) => [`k${n}`, 'x'.repeat(n)])),
  ],
  ['texts beyond ASCII', { a: 'tëa', b: '茶'.repeat(60), c: '🫖'.repeat(9000), kéy: 'é' }],
  ['whole numbers', { a: 0, b: 1, c: 127, d: 128, e: 2 ** 31, f: 2 ** 53, g: 2 ** 62, h: -1, i: -(2 ** 40) }],
  ['other numbers', { a: 0.5, b: -0.1, c: 2 ** 70, d: Number.NaN, e: Number.NEGATIVE_INFINITY }],
  ['booleans', { a: true, b: false }],
  ['lists', { a: ['stop', 'tool_calls'], b: [], c: [1, 2.5], d: [true], e: Array(200).fill('long') }],
])('writes attributes as the SDK does: %s', (_, attributes) => {
  expectSame([plain(attributes)]);
});

it('writes names, places, times and failures as the SDK does', () => {
  const failed = plain({ a: 1 });
  failed.status = { code: 2, message: 'nö water' };
  const remote = { ...place, spanId: '00f067aa0ba902b7', isRemote: true };
  const traceState = new TraceState('a=b,c=d');
  expectSame([
    failed,
    plain({}, { name: 'POST /ex\u00e9cute', parent: { ...place, spanId: 'ffffffffffffffff' } }),
    plain({}, { parent: remote, traceState }),
  ]);
});

it('writes spans that other code made or added to beside them, and each batch anew', () => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  provider.getTracer('client', '1').startSpan('GET').addEvent('sent').end();
  const serializer = createSpanSerializer();
  const given = [plain({ a: 1 }), ...exporter.getFinishedSpans(), plain({ a: 2 })];
  const namesIn = (bytes: Uint8Array | undefined) =>
    JSON.stringify(read(bytes), (_, value) => (typeof value === 'bigint' ? Number(value) : value)).match(
      /"5":\["[^"]*"\]/g,
    );
  expect(namesIn(serializer.serializeRequest(given))).toEqual([
    '"5":["run tea"]',
    '"5":["run tea"]',
    '"5":["GET"]',
  ]);
  expect(namesIn(serializer.serializeRequest(given.slice(1, 2)))).toEqual(['"5":["GET"]']);
  expectSame(given.slice(2));
});

it.each([10, 300_000])('gives bytes that the next batch leaves alone, also of %d', (length) => {
  const serializer = createSpanSerializer();
  const bytes = serializer.serializeRequest([plain({ a: 'x'.repeat(length) })]);
  const before = bytes?.slice();
  serializer.serializeRequest([plain({ b: 'second', c: 'y'.repeat(400_000) })]);
  serializer.serializeRequest([plain({ b: 'third' })]);
  expect(bytes).toEqual(before);
});
