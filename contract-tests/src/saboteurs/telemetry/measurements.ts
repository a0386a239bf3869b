import type { TelemetryUnderTest } from '../../contracts/telemetry/telemetry-under-test.ts';
import type { Saboteur } from '../saboteur.ts';
import { broken, ruled } from './broken.ts';

export const measurementSaboteurs: readonly Saboteur<TelemetryUnderTest>[] = [
  {
    id: 'counts-twice',
    breaks: 'Counts a run for its step and for itself',
    caughtBy: [
      {
        check: 'telemetry.measurements.add-up',
        message: 'the number of runs counted at the receiver to be 7',
      },
    ],
    sabotage: ruled({ step: 2 }),
  },
  {
    id: 'loses-what-came-last',
    breaks: 'Does not count what ends right after a flush',
    caughtBy: [{ check: 'telemetry.measurements.add-up', message: 'counted at the receiver to be 8' }],
    sabotage: broken(({ event, flush }) => {
      let isFresh = false;
      return {
        event(told) {
          if (isFresh && told.type === 'run.finished') isFresh = false;
          else event(told);
        },
        async flush(options) {
          await flush(options);
          isFresh = true;
        },
      };
    }),
  },
  {
    id: 'only-good-news',
    breaks: 'Counts runs that failed with those that succeeded',
    caughtBy: [
      {
        check: 'telemetry.measurements.told-apart',
        message: 'the counts of 3 runs that succeeded and 1 that failed to be [ 1, 3 ]',
      },
    ],
    sabotage: broken(({ event }) => ({
      event: (told) => event(told.type === 'run.finished' ? { ...told, status: 'succeeded' } : told),
    })),
  },
  {
    id: 'a-series-for-each-name',
    breaks: 'Keeps a series for whatever name there is',
    caughtBy: [{ check: 'telemetry.measurements.bounded', message: 'no more than 27 series of 527 units' }],
    sabotage: ruled({ maxUnits: Number.POSITIVE_INFINITY }),
  },
  {
    id: 'forgets-the-rest',
    breaks: 'Does not count what goes beyond its series',
    caughtBy: [
      {
        check: 'telemetry.measurements.bounded',
        message: 'the number of runs counted at the receiver to be 527',
      },
    ],
    sabotage: broken(({ event }) => {
      const known = new Set<string>();
      return {
        event(told) {
          if (told.type === 'run.started' && known.size < 5) known.add(told.runId);
          if (known.has(told.runId)) event(told);
        },
      };
    }),
  },
];
