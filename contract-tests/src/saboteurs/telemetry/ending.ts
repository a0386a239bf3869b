import type { TelemetryUnderTest } from '../../contracts/telemetry/telemetry-under-test.ts';
import { leavesATimer } from '../leaves-a-timer.ts';
import type { Saboteur } from '../saboteur.ts';
import { broken } from './broken.ts';

export const endingSaboteurs: readonly Saboteur<TelemetryUnderTest>[] = [
  {
    id: 'leaves-the-last-batch',
    breaks: 'Closes without handing over what it holds',
    caughtBy: [
      {
        check: 'telemetry.ending.hands-over',
        message: 'the arrivals of 20 spans that ended before close() to be 20',
      },
    ],
    sabotage: broken(({ attempt, close }) => {
      const held: (() => void)[] = [];
      return {
        attempt(work, parent) {
          const span = attempt(work, parent);
          return { ...span, end: (how) => held.push(() => span.end(how)) };
        },
        async close() {
          await close();
          for (const end of held) end();
        },
      };
    }),
  },
  {
    id: 'flushes-for-ever',
    breaks: 'Flushes as if nothing was, after it was closed',
    caughtBy: [
      {
        check: 'telemetry.ending.closed-for-good',
        message: 'flush() after close() to be refused with AIWORK_CLOSED',
      },
    ],
    sabotage: broken(({ flush }) => ({ flush: () => flush().catch(() => {}) })),
  },
  {
    id: 'disposed-of-by-nobody',
    breaks: 'Closes nothing when it is disposed of',
    caughtBy: [
      { check: 'telemetry.ending.closed-for-good', message: 'after it was disposed of to be refused' },
    ],
    sabotage: broken(() => ({ async [Symbol.asyncDispose]() {} })),
  },
  {
    id: 'throws-when-closed',
    breaks: 'Throws at whatever begins after it was closed',
    caughtBy: [
      { check: 'telemetry.ending.work-goes-on', message: 'what is thrown after close() to be undefined' },
    ],
    sabotage: broken(({ run, close }) => {
      let isClosed = false;
      return {
        run(work, parent) {
          if (isClosed) throw new Error('the telemetry is closed');
          return run(work, parent);
        },
        close() {
          isClosed = true;
          return close();
        },
      };
    }),
  },
  {
    id: 'stops-work-when-closed',
    breaks: 'Does not call the work of a span after it was closed',
    caughtBy: [
      { check: 'telemetry.ending.work-goes-on', message: "what within() gives after close() to be 'worked'" },
    ],
    sabotage: broken(({ attempt, close }) => {
      let isClosed = false;
      return {
        attempt(work, parent) {
          const span = attempt(work, parent);
          return {
            ...span,
            within<T>(inner: () => T): T {
              return isClosed ? (undefined as T) : span.within(inner);
            },
          };
        },
        close() {
          isClosed = true;
          return close();
        },
      };
    }),
  },
  {
    id: 'sends-when-closed',
    breaks: 'Sends what ends after it was closed',
    caughtBy: [
      {
        check: 'telemetry.ending.work-goes-on',
        message: 'the arrivals of a span that ended after close() to be 0',
      },
    ],
    sabotage: broken(({ flush }) => ({ close: () => flush() })),
  },
  {
    id: 'leaves-a-timer',
    breaks: 'Leaves the timer running by which it sends',
    caughtBy: [
      { check: 'telemetry.ending.no-handle-left', message: 'handles that 4 closed clients left open' },
    ],
    sabotage: leavesATimer,
  },
  {
    id: 'keeps-listening',
    breaks: 'Leaves its listener on the signal of a flush',
    caughtBy: [
      {
        check: 'telemetry.ending.no-listener-left',
        message: 'the number of listeners left after flush to be 0',
      },
    ],
    sabotage: broken(({ flush }) => ({
      flush(options) {
        options?.signal?.addEventListener('abort', () => {});
        return flush(options);
      },
    })),
  },
];
