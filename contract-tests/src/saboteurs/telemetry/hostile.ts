import type { TelemetryUnderTest } from '../../contracts/telemetry/telemetry-under-test.ts';
import type { Saboteur } from '../saboteur.ts';
import { broken, ruled } from './broken.ts';

export const hostileSaboteurs: readonly Saboteur<TelemetryUnderTest>[] = [
  {
    id: 'leaves-out-the-nameless',
    breaks: 'Takes a span without a name for none',
    caughtBy: [{ check: 'telemetry.hostile.names', message: 'the span of a step named nothing to arrive' }],
    sabotage: broken(({ attempt }) => ({
      attempt(work, parent) {
        const span = attempt(work, parent);
        return work.stepId ? span : { ...span, end: () => {} };
      },
    })),
  },
  {
    id: 'loses-a-batch-for-a-zero',
    breaks: 'Sends nothing more after a name with a zero of C in it',
    caughtBy: [{ check: 'telemetry.hostile.names', message: 'the span of a run named' }],
    sabotage: broken(({ run }) => {
      let isBroken = false;
      return {
        run(work, parent) {
          isBroken ||= work.unit.id.includes('\u0000');
          const span = run(work, parent);
          return isBroken ? { ...span, end: () => {} } : span;
        },
      };
    }),
  },
  {
    id: 'sends-whole-books',
    breaks: 'Cuts nothing',
    caughtBy: [{ check: 'telemetry.hostile.cut', message: 'no text longer than 1000 characters' }],
    sabotage: ruled({ maxTextLength: Number.POSITIVE_INFINITY }),
  },
  {
    id: 'logs-without-traces',
    breaks: 'Does not say to which trace a log line belongs',
    caughtBy: [
      {
        check: 'telemetry.hostile.log-lines',
        message: 'the number of log lines without the trace of their run',
      },
    ],
    sabotage: broken(({ event }) => ({ event: (told) => event({ ...told, runId: 'another' }) })),
  },
  {
    id: 'drops-lines-that-are-odd',
    breaks: 'Leaves out log lines that it would have to escape',
    caughtBy: [{ check: 'telemetry.hostile.log-lines', message: 'log lines to be' }],
    sabotage: broken(({ event }) => ({
      event(told) {
        if (told.type !== 'log' || !/["\\]/.test(told.message)) event(told);
      },
    })),
  },
  {
    id: 'writes-anything-as-json',
    breaks: 'Makes JSON of whatever a step logs',
    caughtBy: [
      { check: 'telemetry.hostile.values', message: 'what is thrown where a step works on a cycle' },
    ],
    sabotage: ruled({
      logText: (message, data) => `${message} ${(JSON.stringify(data) ?? '').length}`,
    }),
  },
  {
    id: 'stops-at-what-throws',
    breaks: 'Never sends again after it was given something odd',
    caughtBy: [{ check: 'telemetry.hostile.values', message: 'the span of a run after them to arrive' }],
    sabotage: broken(({ event, run }) => {
      let isBroken = false;
      return {
        event(told) {
          isBroken ||= told.type === 'log' && typeof told.data === 'bigint';
          event(told);
        },
        run(work, parent) {
          const span = run(work, parent);
          return isBroken ? { ...span, end: () => {} } : span;
        },
      };
    }),
  },
];
