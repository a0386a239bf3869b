import {
  type Context,
  context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SamplingDecision,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { type Beginning, createOwnSpans } from './own-spans.ts';
import { PlainSpan } from './plain-span.ts';
import { createSpanIds } from './span-ids.ts';
import { WorkContext } from './work-context.ts';

const beginning: Beginning = {
  name: 'run tea',
  kind: SpanKind.INTERNAL,
  attributes: () => ({ 'aiwork.unit.id': 'tea' }),
};

/** Own spans, those that ended, and those that ended as the SDK's. */
function opened(sampler: Sampler = new AlwaysOnSampler()) {
  const exporter = new InMemorySpanExporter();
  const ids = createSpanIds();
  const resource = resourceFromAttributes({});
  const provider = new TracerProvider({
    sampler,
    resource,
    idGenerator: ids,
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  const ended: ReadableSpan[] = [];
  const begin = createOwnSpans({
    sampler,
    followsParents: false,
    ids,
    tracer: provider.getTracer('test'),
    ended: (span) => ended.push(span),
    resource,
    scope: { name: 'test' },
  });
  const beginPlain = (around: Context = ROOT_CONTEXT) => {
    const span = begin(beginning, around);
    if (span instanceof PlainSpan) return span;
    throw new Error('it is not sent');
  };
  return { begin, beginPlain, ended, grown: () => exporter.getFinishedSpans() };
}

it('asks the sampler before anything is made, and begins the trace that was decided on', () => {
  const asked: string[] = [];
  const sampler: Sampler = {
    shouldSample(_, traceId) {
      asked.push(traceId);
      const isFirst = asked.length === 1;
      return { decision: isFirst ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD };
    },
  };
  const { begin } = opened(sampler);
  const first = begin(beginning, ROOT_CONTEXT);
  const attributes = () => expect.unreachable('nobody will see them');
  const second = begin({ ...beginning, attributes }, ROOT_CONTEXT);
  expect(first.spanContext()).toMatchObject({ traceId: asked[0], traceFlags: TraceFlags.SAMPLED });
  expect(second.spanContext()).toEqual({
    traceId: asked[1],
    spanId: expect.stringMatching(/^[\da-f]{16}$/),
    traceFlags: TraceFlags.NONE,
  });
  expect(asked[0]).not.toBe(asked[1]);
  expect([first.isRecording(), second.isRecording()]).toEqual([true, false]);
});

it('sends what the engine says of a span, once', () => {
  const { beginPlain, ended, grown } = opened();
  const outer = beginPlain();
  const inner = beginPlain(new WorkContext(ROOT_CONTEXT, outer));
  inner.put({ 'aiwork.status': 'failed' });
  inner.fail('no water');
  inner.end();
  inner.end();
  expect(ended).toEqual([inner]);
  expect(inner).toMatchObject({
    name: 'run tea',
    parentSpanContext: outer.spanContext(),
    attributes: { 'aiwork.unit.id': 'tea', 'aiwork.status': 'failed' },
    status: { code: SpanStatusCode.ERROR, message: 'no water' },
    ended: true,
  });
  expect(inner.spanContext().traceId).toBe(outer.spanContext().traceId);
  const nanoseconds = ([seconds, rest]: readonly [number, number]) =>
    BigInt(seconds) * 10n ** 9n + BigInt(rest);
  const took = nanoseconds(inner.endTime) - nanoseconds(inner.startTime);
  expect(Number(took - nanoseconds(inner.duration))).toBeCloseTo(0, -4);
  expect(grown()).toEqual([]);
});

it('sends what other code says of a span, too, as one span', () => {
  const { beginPlain, ended, grown } = opened();
  const outer = beginPlain();
  const span = beginPlain(new WorkContext(ROOT_CONTEXT, outer));
  span.put({ 'aiwork.attempt': 1 });
  span
    .setAttribute('cups', 2)
    .addEvent('boiling', { celsius: 100 })
    .addLink({ context: outer.spanContext() })
    .updateName('tea for two')
    .recordException(new TypeError('hot'));
  span.put({ 'aiwork.status': 'succeeded' });
  expect(span.isRecording()).toBe(true);
  span.end();
  expect(span.isRecording()).toBe(false);
  expect(ended).toEqual([]);
  expect(grown()).toMatchObject([
    {
      name: 'tea for two',
      parentSpanContext: outer.spanContext(),
      attributes: { 'aiwork.unit.id': 'tea', 'aiwork.attempt': 1, 'aiwork.status': 'succeeded', cups: 2 },
      events: [{ name: 'boiling', attributes: { celsius: 100 } }, { name: 'exception' }],
      links: [{ context: outer.spanContext() }],
      status: { code: SpanStatusCode.UNSET },
      startTime: span.startTime,
    },
  ]);
  expect(grown()[0]?.spanContext()).toEqual(span.spanContext());
});

it('keeps a failure of the engine when other code adds to it, and the end that it is given', () => {
  const { beginPlain, grown } = opened();
  const span = beginPlain();
  span.fail('no water');
  const endTime = new Date(span.startedAtMs + 5000);
  span.end(endTime);
  expect(grown()).toMatchObject([
    { status: { code: SpanStatusCode.ERROR, message: 'no water' }, duration: [5, 0] },
  ]);
});

it('takes nothing after its end', () => {
  const { beginPlain, ended, grown } = opened();
  const span = beginPlain();
  span.end();
  span.setAttribute('late', true).addEvent('late').setStatus({ code: SpanStatusCode.ERROR });
  span.put({ late: true });
  span.fail('late');
  span.end(Date.now());
  expect(ended).toHaveLength(1);
  expect(grown()).toEqual([]);
  expect(span).toMatchObject({
    attributes: { 'aiwork.unit.id': 'tea' },
    status: { code: SpanStatusCode.UNSET },
  });
  expect(span.attributes).not.toHaveProperty('late');
});

it('begins none where tracing is held back, as it is while spans are sent', () => {
  const { begin } = opened();
  expect(begin(beginning, suppressTracing(context.active())).isRecording()).toBe(false);
});

it('is the active span of its context, beside what else is in there', () => {
  const { beginPlain } = opened();
  const key = Symbol('key');
  const [outer, inner] = [beginPlain(), beginPlain()];
  const around = new WorkContext(ROOT_CONTEXT.setValue(key, 'kept'), outer);
  const at = new WorkContext(around, inner);
  expect([trace.getSpan(at), at.getValue(key)]).toEqual([inner, 'kept']);
  const added = at.setValue(key, 'changed');
  expect([trace.getSpan(added), added.getValue(key), at.getValue(key)]).toEqual([inner, 'changed', 'kept']);
  const removed = at.deleteValue(key);
  expect([trace.getSpan(removed), removed.getValue(key)]).toEqual([inner, undefined]);
  expect(trace.getSpan(trace.deleteSpan(at))).toBeUndefined();
  const { traceId, spanId } = inner.spanContext();
  expect(at.trace).toEqual({ traceparent: `00-${traceId}-${spanId}-01` });
});
