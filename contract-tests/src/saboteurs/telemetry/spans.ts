import type { Span, Telemetry } from '@aiwork/core';
import type { TelemetryUnderTest } from '../../contracts/telemetry/telemetry-under-test.ts';
import type { Saboteur } from '../saboteur.ts';
import { broken, ruled } from './broken.ts';
import { spanRules } from './reference-spans.ts';
import { telemetryRules } from './reference-telemetry.ts';

/** Every span of attempts is changed. */
const inAttempts = (change: (span: Span, telemetry: Telemetry) => Span) =>
  broken((telemetry) => ({
    attempt: (work, parent) => change(telemetry.attempt(work, parent), telemetry),
  }));

const sameTrace = '0af7651916cd43dd8448eb211c80319c';

export const spanSaboteurs: readonly Saboteur<TelemetryUnderTest>[] = [
  {
    id: 'forgets-parents',
    breaks: 'Sends spans without what they are a part of',
    caughtBy: [{ check: 'telemetry.spans.parents', message: 'the parent of the attempt to be' }],
    sabotage: ruled({ parentOf: () => undefined }),
  },
  {
    id: 'a-trace-for-each-span',
    breaks: 'Gives each span a trace of its own',
    caughtBy: [{ check: 'telemetry.spans.parents', message: 'the trace of the attempt to be' }],
    sabotage: ruled({ traceIdOf: () => spanRules.traceIdOf(undefined) }),
  },
  {
    id: 'one-trace-for-all',
    breaks: 'Puts everything that a process does into one trace',
    caughtBy: [{ check: 'telemetry.spans.own-traces', message: 'the number of traces of 50 runs to be 50' }],
    sabotage: ruled({ traceIdOf: () => sameTrace }),
  },
  {
    id: 'deaf-to-other-processes',
    breaks: 'Takes spans of its own as parents only',
    caughtBy: [{ check: 'telemetry.spans.remote-parent', message: 'of what the request is a part to be' }],
    sabotage: broken(({ request }) => ({
      request: (work, parent) => request(work, parent && 'trace' in parent ? parent : undefined),
    })),
  },
  {
    id: 'drops-tracestate',
    breaks: 'Does not pass on what other tracing systems added',
    caughtBy: [{ check: 'telemetry.spans.remote-parent', message: 'the tracestate of the run to be' }],
    sabotage: broken(({ run }) => ({
      run(work, parent) {
        const span = run(work, parent);
        return { ...span, trace: { traceparent: span.trace.traceparent } };
      },
    })),
  },
  {
    id: 'never-active',
    breaks: 'Calls the work of a span without making it the active one',
    caughtBy: [{ check: 'telemetry.spans.active', message: 'the parent of what began inside to be' }],
    sabotage: inAttempts((span) => ({ ...span, within: (work) => work() })),
  },
  {
    id: 'active-for-everybody',
    breaks: 'Keeps the active span in a variable, which outlives the first wait',
    caughtBy: [{ check: 'telemetry.spans.active', message: 'the parent of what began' }],
    sabotage: broken((telemetry) => {
      let active: Span | undefined;
      return {
        attempt(work, parent = active) {
          const span = telemetry.attempt(work, parent);
          return {
            ...span,
            within(inner) {
              active = span;
              return inner();
            },
          };
        },
      };
    }),
  },
  {
    id: 'works-twice',
    breaks: 'Calls the work of a span again when it threw',
    caughtBy: [
      { check: 'telemetry.spans.within', message: 'the number of calls when within() is back to be 1' },
    ],
    sabotage: inAttempts((span) => ({
      ...span,
      within(work) {
        span.within(work);
        return span.within(work);
      },
    })),
  },
  {
    id: 'wraps-promises',
    breaks: 'Gives a promise of its own for that of the work',
    caughtBy: [{ check: 'telemetry.spans.within', message: 'within() to give the very promise' }],
    sabotage: inAttempts((span) => ({
      ...span,
      within<T>(work: () => T): T {
        const given = span.within(work);
        return given instanceof Promise ? (given.then((value) => value) as T) : given;
      },
    })),
  },
  {
    id: 'swallows-errors',
    breaks: 'Throws an error of its own for that of the work',
    caughtBy: [{ check: 'telemetry.spans.within', message: 'within() to throw what was thrown' }],
    sabotage: inAttempts((span) => ({
      ...span,
      within(work) {
        try {
          return span.within(work);
        } catch (cause) {
          throw new Error('the work failed', { cause });
        }
      },
    })),
  },
  {
    id: 'everything-is-fine',
    breaks: 'Says of no span that it failed',
    caughtBy: [{ check: 'telemetry.spans.status', message: 'whether failed arrives as failed to be true' }],
    sabotage: ruled({ isFailed: () => false }),
  },
  {
    id: 'left-is-failed',
    breaks: 'Takes whatever did not succeed for failed',
    caughtBy: [
      { check: 'telemetry.spans.status', message: 'whether cancelled arrives as failed to be false' },
    ],
    sabotage: ruled({
      isFailed: (end) => ('statusCode' in end ? end.statusCode >= 500 : end.status !== 'succeeded'),
    }),
  },
  {
    id: 'blames-itself',
    breaks: 'Takes the mistakes of clients for failures of the server',
    caughtBy: [
      {
        check: 'telemetry.spans.status',
        message: 'whether a request answered with 404 arrives as failed to be false',
      },
    ],
    sabotage: ruled({
      isFailed: (end) => ('statusCode' in end ? end.statusCode >= 400 : spanRules.isFailed(end)),
    }),
  },
  {
    id: 'sends-batches-twice',
    breaks: 'Sends a batch again that was taken',
    caughtBy: [{ check: 'telemetry.spans.once', message: 'to arrive once' }],
    sabotage() {
      let isAgain = true;
      return ruled({
        stays(fate) {
          isAgain = !isAgain;
          return (fate === 'taken' && !isAgain) || telemetryRules.stays(fate);
        },
      })();
    },
  },
  {
    id: 'samples-in-secret',
    breaks: 'Leaves out every tenth span',
    caughtBy: [{ check: 'telemetry.spans.once', message: 'the arrivals of 999 spans to be 999' }],
    sabotage: broken(({ attempt }) => {
      let count = 0;
      return {
        attempt(work, parent) {
          count += 1;
          const span = attempt(work, parent);
          return count % 10 === 0 ? { ...span, end: () => {} } : span;
        },
      };
    }),
  },
  {
    id: 'sends-what-is-open',
    breaks: 'Sends a span when it begins',
    caughtBy: [
      { check: 'telemetry.spans.once', message: 'the arrivals of a span that is still open to be 0' },
      { check: 'telemetry.spans.times', message: 'the span to end when it did' },
    ],
    sabotage: inAttempts((span) => {
      span.end({ status: 'succeeded' });
      return span;
    }),
  },
  {
    id: 'the-last-end-counts',
    breaks: 'Sends a span each time that it is ended',
    caughtBy: [{ check: 'telemetry.spans.once', message: 'the span of what was ended twice to arrive once' }],
    sabotage: ruled({ isOver: () => false }),
  },
  {
    id: 'counts-in-seconds',
    breaks: 'Sends seconds where nanoseconds belong',
    caughtBy: [{ check: 'telemetry.spans.times', message: 'the span to begin when it did' }],
    sabotage: ruled({ nowMs: () => Date.now() / 1000 }),
  },
];
