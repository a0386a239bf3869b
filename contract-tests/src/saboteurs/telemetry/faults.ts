import type { TelemetryUnderTest } from '../../contracts/telemetry/telemetry-under-test.ts';
import type { Saboteur } from '../saboteur.ts';
import { broken, ruledRemotely, silent } from './broken.ts';
import { remoteTelemetry } from './reference.ts';

/** The mistake is in the telemetry, and the wire can be cut. */
const brokenRemotely = (breakIt: Parameters<typeof broken>[0]) => async () =>
  broken(breakIt)(await remoteTelemetry());

/** Keeps the event loop, as what waits for an answer in a call would. */
function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

export const faultSaboteurs: readonly Saboteur<TelemetryUnderTest>[] = [
  {
    id: 'gives-up-for-ever',
    breaks: 'Sends nothing more once something could not be sent',
    caughtBy: [{ check: 'telemetry.faults.sends-again', message: 'something to arrive again after' }],
    sabotage() {
      let isOver = false;
      const onTrouble = () => {
        isOver = true;
      };
      return remoteTelemetry({ onTrouble }).then(silent(() => isOver));
    },
    onlyNamed: true,
  },
  {
    id: 'flushes-until-it-is-done',
    breaks: 'Waits with a flush until its receiver is back',
    caughtBy: [
      {
        check: 'telemetry.faults.flush-ends',
        message: 'flush() during blackhole() to resolve within 1000 ms',
      },
    ],
    sabotage: ruledRemotely({ deadlineMs: 60_000, maxFlushMs: 60_000 }),
    onlyNamed: true,
  },
  {
    id: 'flushes-to-tell',
    breaks: 'Rejects a flush when the receiver is away',
    caughtBy: [{ check: 'telemetry.faults.flush-ends', message: 'it was rejected with Error: not taken' }],
    sabotage() {
      let isAway = false;
      const onTrouble = () => {
        isAway = true;
      };
      return remoteTelemetry({ onTrouble }).then(
        broken(({ flush }) => ({
          async flush(options) {
            await flush(options);
            if (isAway) throw new Error('not taken');
          },
        })),
      );
    },
    onlyNamed: true,
  },
  {
    id: 'waits-in-calls',
    breaks: 'Tries to send in the call that ends a span',
    caughtBy: [
      { check: 'telemetry.faults.costs-nothing', message: '1000 runs during refuse() to take at most' },
    ],
    sabotage() {
      let isAway = false;
      const onTrouble = () => {
        isAway = true;
      };
      return remoteTelemetry({ onTrouble }).then(
        broken(({ attempt }) => ({
          attempt(work, parent) {
            const span = attempt(work, parent);
            return {
              ...span,
              end(how) {
                if (isAway) block(2);
                span.end(how);
              },
            };
          },
        })),
      );
    },
    onlyNamed: true,
  },
  {
    id: 'queues-for-ever',
    breaks: 'Keeps whatever could not be sent',
    caughtBy: [
      { check: 'telemetry.faults.bounded', message: 'no more than 2000 of 9000 spans to have waited' },
    ],
    sabotage: ruledRemotely({ maxQueued: Number.POSITIVE_INFINITY }),
    onlyNamed: true,
  },
  {
    id: 'keeps-what-it-dropped',
    breaks: 'Keeps a list of what it had to drop',
    caughtBy: [{ check: 'telemetry.faults.memory', message: 'the heap to grow by at most 40 MiB' }],
    sabotage() {
      const dropped: unknown[] = [];
      return ruledRemotely({ onDropped: (span) => dropped.push(span) })();
    },
    onlyNamed: true,
  },
  {
    id: 'lets-a-rejection-go',
    breaks: 'Sends without looking at how that ends',
    caughtBy: [{ check: 'telemetry.faults.nothing-stray', message: 'unhandledRejection: Error: not taken' }],
    sabotage: ruledRemotely({
      onTrouble() {
        void Promise.reject(new Error('not taken'));
      },
    }),
    onlyNamed: true,
  },
  {
    id: 'prints-its-troubles',
    breaks: 'Prints that its receiver is away',
    caughtBy: [{ check: 'telemetry.faults.nothing-stray', message: 'printed: not taken' }],
    sabotage: ruledRemotely({ onTrouble: () => console.error('not taken') }),
    onlyNamed: true,
  },
  {
    id: 'says-nothing',
    breaks: 'Tells nobody that its receiver is away',
    caughtBy: [
      { check: 'telemetry.faults.told', message: '1 to 3 warnings of 10 attempts to send that failed' },
    ],
    sabotage: ruledRemotely({ onTrouble: () => {} }),
    onlyNamed: true,
  },
  {
    id: 'warns-each-time',
    breaks: 'Warns with each flush that fails',
    caughtBy: [
      { check: 'telemetry.faults.told', message: '1 to 3 warnings of 10 attempts to send that failed' },
    ],
    sabotage: brokenRemotely(({ flush }) => ({
      async flush(options) {
        await flush(options);
        process.emitWarning('telemetry is not taken');
      },
    })),
    onlyNamed: true,
  },
];
