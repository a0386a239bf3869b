import { isolate } from '../isolated/isolate.ts';
import { median } from '../measure.ts';
import { atMost, type Findings, type Row } from '../report.ts';
import type { Place } from './client-subject.ts';
import type { MemoryInUse } from './memory-rounds.ts';

export interface MemoryEffort {
  readonly tasks: number;
  /** How often memory is looked at. */
  readonly points: number;
}

type Rounds = typeof import('./memory-rounds.ts');

/** The last quarter of the points, against the second. The first is that in which the code warms up. */
const share = 1.1;
const mebibyte = 2 ** 20;

/** Whether a process that goes on and on keeps anything of the tasks that are over. */
export async function memory(place: Place, { tasks, points }: MemoryEffort): Promise<Findings> {
  const host = await isolate<Rounds>(new URL('./memory-rounds.ts', import.meta.url));
  const seen: MemoryInUse[] = [];
  try {
    await host.call('begin', place);
    for (let point = 0; point < points; point += 1) seen.push(await host.call('turnOver', tasks / points));
  } finally {
    await host.close();
  }
  const work = `memory over ${tasks.toLocaleString('en')} tasks, produced and consumed by one process`;
  const growth = (figure: keyof MemoryInUse) => {
    const quarter = (which: number) =>
      median(seen.slice((which * points) / 4, ((which + 1) * points) / 4).map((inUse) => inUse[figure]));
    return quarter(3) / quarter(1);
  };
  return {
    rows: seen.flatMap(({ heapBytes, rssBytes }, i): Row[] => {
      const subject = `after ${(((i + 1) * tasks) / points).toLocaleString('en')}`;
      return [
        { work, subject, metric: 'heap after collection', value: heapBytes / mebibyte, unit: 'MiB' },
        { work, subject, metric: 'resident set', value: rssBytes / mebibyte, unit: 'MiB' },
      ];
    }),
    targets: [
      atMost(work, 'heap, last quarter against the second', growth('heapBytes'), share),
      atMost(work, 'resident set, last quarter against the second', growth('rssBytes'), share),
    ],
  };
}
