import type { Attributes, AttributeValue } from '@opentelemetry/api';
import {
  type IExportTraceServiceResponse,
  type ISerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { MessageWriter } from './message-writer.ts';
import { PlainSpan } from './plain-span.ts';

/** More than most batches take. */
const keptBytes = 256 * 1024;

/** Keys of fields, by messages and names of `opentelemetry/proto/trace/v1/trace.proto` and those it imports. */
const bytes = 2;
const data = { resourceSpans: 8 + bytes };
const resourceSpans = { resource: 8 + bytes, scopeSpans: 16 + bytes };
const resource = { attributes: 8 + bytes };
const scopeSpans = { scope: 8 + bytes, spans: 16 + bytes };
const scope = { name: 8 + bytes, version: 16 + bytes };
const span = {
  traceId: 8 + bytes,
  spanId: 16 + bytes,
  traceState: 24 + bytes,
  parentSpanId: 32 + bytes,
  name: 40 + bytes,
  kind: 48,
  startTime: 56 + 1,
  endTime: 64 + 1,
  attributes: 72 + bytes,
  status: 120 + bytes,
  flags: 128 + 5,
};
const status = { message: 16 + bytes, code: 24 };
const keyValue = { key: 8 + bytes, value: 16 + bytes };
const anyValue = { text: 8 + bytes, bool: 16, integer: 24, double: 32 + 1, array: 40 + bytes };
const arrayValue = { values: 8 + bytes };

const hasIsRemote = 0x100;
const isRemote = 0x200;

/**
 * Spans as OTLP. The serializer of the SDK, which takes those that are not plain, needs longer for a span than making it and all
 * that is measured beside it take together.
 */
export function createSpanSerializer(): ISerializer<ReadableSpan[], IExportTraceServiceResponse> {
  const writer = new MessageWriter(keptBytes);
  return {
    serializeRequest(spans) {
      const others = spans.filter((each) => !(each instanceof PlainSpan));
      const plain = spans.filter((each) => each instanceof PlainSpan);
      writeSpans(writer, plain);
      const own = writer.take();
      const rest = others.length > 0 && ProtobufTraceSerializer.serializeRequest(others);
      // Fields that may occur several times are all there are of both messages.
      return rest ? joined(own, rest) : own;
    },
    deserializeResponse: ProtobufTraceSerializer.deserializeResponse,
  };
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** All of one origin. */
function writeSpans(writer: MessageWriter, spans: readonly PlainSpan[]): void {
  const [first] = spans;
  if (!first) return;
  const outer = writer.begin(data.resourceSpans);
  const ofResource = writer.begin(resourceSpans.resource);
  writeAttributes(writer, resource.attributes, first.resource.attributes);
  writer.end(ofResource);
  const inner = writer.begin(resourceSpans.scopeSpans);
  const ofScope = writer.begin(scopeSpans.scope);
  writer.text(scope.name, first.instrumentationScope.name);
  writer.text(scope.version, first.instrumentationScope.version ?? '');
  writer.end(ofScope);
  for (const each of spans) writeSpan(writer, each);
  writer.end(inner);
  writer.end(outer);
}

function writeSpan(writer: MessageWriter, given: PlainSpan): void {
  const begin = writer.begin(scopeSpans.spans);
  const { traceId, spanId, traceFlags, traceState } = given.spanContext();
  const { parentSpanContext: parent, status: end } = given;
  writer.hex(span.traceId, traceId);
  writer.hex(span.spanId, spanId);
  const state = traceState?.serialize();
  if (state) writer.text(span.traceState, state);
  if (parent) writer.hex(span.parentSpanId, parent.spanId);
  writer.text(span.name, given.name);
  // The first there is unspecified.
  writer.integer(span.kind, given.kind + 1);
  writer.time(span.startTime, given.startedAtMs);
  writer.time(span.endTime, given.endedAtMs);
  writeAttributes(writer, span.attributes, given.attributes);
  if (end.code !== 0) {
    const ofStatus = writer.begin(span.status);
    if (end.message) writer.text(status.message, end.message);
    writer.integer(status.code, end.code);
    writer.end(ofStatus);
  }
  writer.fixed32(span.flags, traceFlags | hasIsRemote | (parent?.isRemote ? isRemote : 0));
  writer.end(begin);
}

function writeAttributes(writer: MessageWriter, field: number, attributes: Attributes): void {
  for (const key in attributes) {
    const value = attributes[key];
    if (value === undefined) continue;
    const pair = writer.begin(field);
    writer.text(keyValue.key, key);
    writeValue(writer, keyValue.value, value);
    writer.end(pair);
  }
}

function writeValue(writer: MessageWriter, field: number, value: AttributeValue | null | undefined): void {
  const begin = writer.begin(field);
  if (typeof value === 'string') writer.text(anyValue.text, value);
  else if (typeof value === 'boolean') writer.integer(anyValue.bool, value ? 1 : 0);
  else if (typeof value === 'number') writeNumber(writer, value);
  else if (Array.isArray(value)) {
    const items = writer.begin(anyValue.array);
    for (const item of value) writeValue(writer, arrayValue.values, item);
    writer.end(items);
  }
  writer.end(begin);
}

function writeNumber(writer: MessageWriter, value: number): void {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 63) writer.integer(anyValue.integer, value);
  else writer.double(anyValue.double, value);
}
