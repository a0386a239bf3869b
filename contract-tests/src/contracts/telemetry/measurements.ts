import type { CheckGroup } from '../../engine/contract.ts';
import type { ReceivedPoint } from '../../otlp/received.ts';
import { flushUntil } from './arriving.ts';
import { playRun } from './playing.ts';
import { countsRuns, type TelemetryUnderTest } from './telemetry-under-test.ts';

const error = { name: 'Error', message: 'no paper', retryable: false };

const series = ({ attributes }: ReceivedPoint) => JSON.stringify(Object.entries(attributes).sort());

/** What a sum comes to: of points that are cumulative, the last of each series and start counts; of others, all do. */
function total(points: readonly ReceivedPoint[]): number {
  const last = new Map<string, number>();
  let sum = 0;
  for (const point of points) {
    if (point.temporality === 'delta') sum += point.value;
    else last.set(`${series(point)} ${point.startNs}`, point.value);
  }
  return [...last.values()].reduce((all, value) => all + value, sum);
}

function counted({ received, capabilities }: TelemetryUnderTest): readonly ReceivedPoint[] {
  return received().points.filter(({ metric }) => metric === capabilities.runCounter?.metric);
}

export const measurements: CheckGroup<TelemetryUnderTest> = {
  id: 'measurements',
  title: 'Measurements',
  checks: [
    {
      id: 'telemetry.measurements.add-up',
      rule: 'Every run is counted once, however it ended and however often there was a flush meanwhile',
      anchor: 'Telemetry',
      why: 'rates that are a little wrong are believed for years',
      when: countsRuns,
      async run(t) {
        const subject = await t.open();
        let played = 0;
        for (const runs of [7, 1, 40]) {
          for (let n = 0; n < runs; n += 1) playRun(subject.telemetry, n % 3 === 0 ? { error } : {});
          played += runs;
          await flushUntil(subject, () => total(counted(subject)) >= played);
          t.same(total(counted(subject)), played, 'the number of runs counted at the receiver');
        }
      },
    },
    {
      id: 'telemetry.measurements.told-apart',
      rule: 'Runs of one unit that succeeded and that failed are counted apart',
      anchor: 'Telemetry',
      why: 'an error rate needs both',
      when: countsRuns,
      async run(t) {
        const subject = await t.open();
        for (let n = 0; n < 3; n += 1) playRun(subject.telemetry);
        playRun(subject.telemetry, { error });
        await flushUntil(subject, () => total(counted(subject)) >= 4);
        const bySeries = Map.groupBy(counted(subject), series);
        // Some begin with 0 for what has not happened yet.
        const totals = [...bySeries.values()].map(total).filter((count) => count > 0);
        t.same(
          totals.toSorted((a, b) => a - b),
          [1, 3],
          'the counts of 3 runs that succeeded and 1 that failed',
        );
      },
    },
    {
      id: 'telemetry.measurements.bounded',
      rule: 'There are no more series than declared, whatever names there are, and what is beyond is counted all the same',
      anchor: 'Telemetry',
      why: 'a name that users choose would bring down the service that keeps measurements',
      when: countsRuns,
      async run(t) {
        const subject = await t.open();
        const { maxSeries } = subject.capabilities.runCounter ?? { maxSeries: 0 };
        const runs = maxSeries + 500;
        for (let n = 0; n < runs; n += 1) {
          playRun(subject.telemetry, { unitId: `unit-${n}` });
          if (n % 100 === 0) await subject.telemetry.flush();
        }
        await flushUntil(subject, () => total(counted(subject)) >= runs);
        const points = counted(subject);
        const seen = new Set(points.map(series)).size;
        t.that(seen <= maxSeries, `no more than ${maxSeries} series of ${runs} units`, `${seen} series`);
        t.same(total(points), runs, 'the number of runs counted at the receiver');
      },
    },
  ],
};
