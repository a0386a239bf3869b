import type { Span, WorkEnd } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { arrival, countArrivals, flushSpans, idsOf } from './arriving.ts';
import { playRun, playSpan } from './playing.ts';
import { sendsTraces, type TelemetryUnderTest } from './telemetry-under-test.ts';

const error = { name: 'Error', message: 'no paper', code: 'AIWORK_PAPER', retryable: false };
const remote = {
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  tracestate: 'other=1',
};
/** How far two clocks of one machine may be apart. */
const toleranceMs = 50;
const model = { runId: 'run', stepId: 'ask', model: 'm', agent: 'a', request: { messages: [] } };

export const spans: CheckGroup<TelemetryUnderTest> = {
  id: 'spans',
  title: 'Spans',
  checks: [
    {
      id: 'telemetry.spans.parents',
      rule: 'A span arrives under the ids of its `trace`, as a part of the span that was named its parent',
      anchor: 'Span.trace',
      why: 'a trace in which steps stand beside their run shows nothing of what took so long',
      when: sendsTraces,
      async run(t) {
        const subject = await t.open();
        const { telemetry } = subject;
        const run = telemetry.run({
          runId: 'run',
          unit: { kind: 'flow', id: 'letter', version: '1' },
          tags: [],
          resumed: false,
        });
        const attempt = telemetry.attempt({ runId: 'run', stepId: 'ask', attempt: 1 }, run);
        const call = telemetry.modelCall(model, attempt);
        const inner = telemetry.attempt({ runId: 'run', stepId: 'ask/1.1-search', attempt: 1 }, attempt);
        call.end({ status: 'succeeded' });
        for (const span of [inner, attempt, run]) span.end({ status: 'succeeded' });
        await flushSpans(subject, [call, inner, attempt, run]);
        const root = arrival(subject, run, 'the run');
        t.same(root.parentSpanId, undefined, 'the parent of a run that nobody is the parent of');
        const parts = [
          [attempt, run, 'the attempt'],
          [call, attempt, 'the model call'],
          [inner, attempt, 'the attempt inside'],
        ] as const;
        for (const [span, parent, what] of parts) {
          const { traceId, parentSpanId } = arrival(subject, span, what);
          t.same(parentSpanId, idsOf(parent.trace).spanId, `the parent of ${what}`);
          t.same(traceId, root.traceId, `the trace of ${what}`);
        }
      },
    },
    {
      id: 'telemetry.spans.own-traces',
      rule: 'What has no parent begins a trace of its own',
      anchor: 'Telemetry.run',
      why: 'runs that have nothing to do with each other would be one endless trace',
      when: sendsTraces,
      async run(t) {
        const { telemetry } = await t.open();
        const traces = Array.from({ length: 50 }, () => idsOf(playRun(telemetry).run.trace).traceId);
        t.same(new Set(traces).size, traces.length, 'the number of traces of 50 runs');
      },
    },
    {
      id: 'telemetry.spans.remote-parent',
      rule: 'A parent may be a trace context from elsewhere, and its `tracestate` goes on with it',
      anchor: 'Telemetry.run',
      why: 'a trace would end where a request or a job enters another process',
      when: sendsTraces,
      async run(t) {
        const subject = await t.open();
        const request = subject.telemetry.request({ method: 'POST', route: '/execute' }, remote);
        const { run } = playRun(subject.telemetry, { parent: request.trace });
        request.end({ statusCode: 200 });
        await flushSpans(subject, [request, run]);
        const { traceId, parentSpanId } = arrival(subject, request, 'the request');
        t.same({ traceId, spanId: parentSpanId }, idsOf(remote), 'of what the request is a part');
        t.same(
          arrival(subject, run, 'the run').parentSpanId,
          idsOf(request.trace).spanId,
          'the parent of the run',
        );
        t.same(run.trace.tracestate, remote.tracestate, 'the tracestate of the run');
      },
    },
    {
      id: 'telemetry.spans.active',
      rule: 'What begins within a span without a parent is a part of it, over every wait, and nowhere else',
      anchor: 'Span.within',
      why: 'what instrumented libraries do in a step would hang in the air, or in the step of another run',
      when: sendsTraces,
      async run(t) {
        const subject = await t.open();
        const { telemetry } = subject;
        const begin = (stepId: string) => playSpan(telemetry, stepId);
        async function work(outer: Span): Promise<Span> {
          return outer.within(async () => {
            await new Promise((resolve) => setTimeout(resolve, 5));
            return begin('inside');
          });
        }
        const outer = ['one', 'two'].map((stepId) => telemetry.attempt({ runId: 'run', stepId, attempt: 1 }));
        const inner = await Promise.all(outer.map(work));
        const outside = begin('outside');
        for (const span of outer) span.end({ status: 'succeeded' });
        await flushSpans(subject, [...outer, ...inner, outside]);
        for (const [index, span] of inner.entries()) {
          const { parentSpanId } = arrival(subject, span, 'what began inside');
          const expected = outer[index] && idsOf(outer[index].trace).spanId;
          t.same(parentSpanId, expected, 'the parent of what began inside');
        }
        const { parentSpanId } = arrival(subject, outside, 'what began outside');
        t.same(parentSpanId, undefined, 'the parent of what began outside');
      },
    },
    {
      id: 'telemetry.spans.within',
      rule: '`within` calls once and at once, and gives what it gives: a promise as it is, an error as it is thrown',
      anchor: 'Span.within',
      why: 'the work of every step goes through it',
      async run(t) {
        const { telemetry } = await t.open();
        const span = telemetry.attempt({ runId: 'run', stepId: 'write', attempt: 1 });
        let calls = 0;
        const promise = Promise.resolve('done');
        const given = span.within(() => {
          calls += 1;
          return promise;
        });
        t.same(calls, 1, 'the number of calls when within() is back');
        t.that(given === promise, 'within() to give the very promise', given);
        const thrown = new Error('no paper');
        let seen: unknown;
        try {
          span.within(() => {
            throw thrown;
          });
        } catch (reason) {
          seen = reason;
        }
        t.that(seen === thrown, 'within() to throw what was thrown', seen);
        span.end({ status: 'succeeded' });
      },
    },
    {
      id: 'telemetry.spans.status',
      rule: 'What failed arrives as failed, and nothing else does',
      anchor: 'Span.end',
      why: 'error rates and alerts are made of it',
      when: sendsTraces,
      async run(t) {
        const subject = await t.open();
        const { telemetry } = subject;
        const ends: readonly WorkEnd[] = [
          { status: 'succeeded' },
          { status: 'failed', error },
          { status: 'cancelled' },
          { status: 'left' },
        ];
        const worked = ends.map((end, attempt) => {
          const span = telemetry.attempt({ runId: 'run', stepId: 'write', attempt: attempt + 1 });
          span.end(end);
          return [span, end.status, end.status === 'failed'] as const;
        });
        const answered = [200, 404, 429, 500, 503].map((statusCode) => {
          const span = telemetry.request({ method: 'GET', route: '/status/:execution_id' });
          span.end({ statusCode });
          return [span, `a request answered with ${statusCode}`, statusCode >= 500] as const;
        });
        const ended = [...worked, ...answered];
        await flushSpans(
          subject,
          ended.map(([span]) => span),
        );
        for (const [span, what, failed] of ended) {
          t.same(
            arrival(subject, span, what).status === 'error',
            failed,
            `whether ${what} arrives as failed`,
          );
        }
      },
    },
    {
      id: 'telemetry.spans.once',
      rule: 'Every span that ended arrives once, whatever ends it again; one that did not end does not arrive',
      anchor: 'Span.end',
      why: 'counts of spans are counts of work',
      when: sendsTraces,
      async run(t) {
        const subject = await t.open();
        const { telemetry, capabilities } = subject;
        const count = Math.min(1000, capabilities.maxQueued);
        const open = telemetry.attempt({ runId: 'run', stepId: 'open', attempt: 1 });
        const first = telemetry.attempt({ runId: 'run', stepId: 'first', attempt: 1 });
        first.end({ status: 'succeeded' });
        first.end({ status: 'failed', error });
        const ended = Array.from({ length: count - 1 }, () => playSpan(telemetry));
        await flushSpans(subject, [first, ...ended]);
        await telemetry.flush();
        t.same(
          arrival(subject, first, 'what was ended twice').status === 'error',
          false,
          'whether it failed',
        );
        t.same(countArrivals(subject, ended), count - 1, `the arrivals of ${count - 1} spans`);
        t.same(countArrivals(subject, [open]), 0, 'the arrivals of a span that is still open');
        open.end({ status: 'succeeded' });
      },
    },
    {
      id: 'telemetry.spans.times',
      rule: 'A span lasts from when it began until it ended',
      anchor: 'Span.end',
      why: 'how long things take is what traces are looked at for',
      when: sendsTraces,
      async run(t) {
        const subject = await t.open();
        const beginning = { from: Date.now(), to: 0 };
        const span = subject.telemetry.attempt({ runId: 'run', stepId: 'write', attempt: 1 });
        beginning.to = Date.now();
        await new Promise((resolve) => setTimeout(resolve, 200));
        const ending = { from: Date.now(), to: 0 };
        span.end({ status: 'succeeded' });
        ending.to = Date.now();
        await flushSpans(subject, [span]);
        const { startNs, endNs } = arrival(subject, span, 'the attempt');
        const moments = [
          ['begin', startNs, beginning],
          ['end', endNs, ending],
        ] as const;
        for (const [what, ns, { from, to }] of moments) {
          const ms = Number(ns / 1_000_000n);
          const isThen = ms >= from - toleranceMs && ms <= to + toleranceMs;
          t.that(isThen, `the span to ${what} when it did`, `${ms - from} ms later`);
        }
      },
    },
  ],
};
