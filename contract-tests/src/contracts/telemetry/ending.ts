import { getEventListeners } from 'node:events';
import type { CheckGroup } from '../../engine/contract.ts';
import { leftHandles } from '../left-handles.ts';
import { arrival, countArrivals, flushSpans } from './arriving.ts';
import { playRun, playSpan } from './playing.ts';
import { sendsTraces, type TelemetryUnderTest } from './telemetry-under-test.ts';

/** One handle that a test runner opens meanwhile must not be taken for one of a client. */
const clients = 4;
/** In which something would come that should not. */
const lateMs = 300;

export const ending: CheckGroup<TelemetryUnderTest> = {
  id: 'ending',
  title: 'Closing',
  checks: [
    {
      id: 'telemetry.ending.hands-over',
      rule: '`close()` hands over what there is',
      anchor: 'Adapter.close',
      why: 'the last seconds of a process that goes down are those that somebody will want to see',
      when: sendsTraces,
      async run(t) {
        const subject = await t.open();
        const spans = Array.from({ length: 20 }, () => playSpan(subject.telemetry));
        await subject.telemetry.close();
        t.same(
          countArrivals(subject, spans),
          spans.length,
          'the arrivals of 20 spans that ended before close()',
        );
      },
    },
    {
      id: 'telemetry.ending.closed-for-good',
      rule: '`close()` is idempotent, and `flush()` rejects with `AIWORK_CLOSED` from then on',
      anchor: 'Adapter.close',
      why: 'a closed telemetry that takes more works on a connection that nobody owns',
      async run(t) {
        const { telemetry } = await t.open();
        await Promise.all([telemetry.close(), telemetry.close()]);
        await telemetry.close();
        await telemetry[Symbol.asyncDispose]();
        await t.refuses(() => telemetry.flush(), 'flush() after close()', {
          code: 'AIWORK_CLOSED',
          notApplied: false,
        });
        const { telemetry: disposed } = await t.open();
        await disposed[Symbol.asyncDispose]();
        await t.refuses(() => disposed.flush(), 'flush() after it was disposed of', {
          code: 'AIWORK_CLOSED',
          notApplied: false,
        });
      },
    },
    {
      id: 'telemetry.ending.work-goes-on',
      rule: 'Work goes on when it is closed: nothing throws, `within` calls, and no span arrives any more',
      anchor: 'Telemetry',
      why: 'a run that outlives its telemetry by a moment would fail at the very end',
      async run(t) {
        const subject = await t.open();
        const { telemetry } = subject;
        const open = telemetry.attempt({ runId: 'run', stepId: 'write', attempt: 1 });
        await telemetry.close();
        let thrown: unknown;
        let worked: unknown;
        try {
          open.end({ status: 'succeeded' });
          worked = playRun(telemetry).attempt.within(() => 'worked');
        } catch (error) {
          thrown = error ?? 'nothing';
        }
        t.same(thrown, undefined, 'what is thrown after close()');
        t.same(worked, 'worked', 'what within() gives after close()');
        const other = await t.open();
        const later = playSpan(other.telemetry);
        if (other.capabilities.signals.includes('traces')) {
          await flushSpans(other, [later]);
          arrival(other, later, 'a span of another client');
        }
        await t.wait(lateMs);
        t.same(countArrivals(subject, [open]), 0, 'the arrivals of a span that ended after close()');
      },
    },
    {
      id: 'telemetry.ending.no-handle-left',
      rule: '`close()` leaves no handle that keeps the process alive',
      anchor: 'Adapter.close',
      why: 'a process that never ends by itself',
      alone: true,
      async run(t) {
        const left = await leftHandles(clients, async () => {
          for (let n = 0; n < clients; n += 1) {
            const { telemetry } = await t.open();
            playRun(telemetry);
            await telemetry.flush();
            await telemetry.close();
          }
        });
        t.same(left, [], `handles that ${clients} closed clients left open`);
      },
    },
    {
      id: 'telemetry.ending.no-listener-left',
      rule: 'A call leaves no listener on the signal it was given',
      anchor: 'CallOptions.signal',
      why: 'memory grows with each call, and Node warns',
      async run(t) {
        const { telemetry } = await t.open();
        const { signal } = new AbortController();
        playRun(telemetry);
        await telemetry.flush({ signal });
        t.same(getEventListeners(signal, 'abort').length, 0, 'the number of listeners left after flush');
      },
    },
  ],
};
