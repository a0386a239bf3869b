import { isolate } from '../isolated/isolate.ts';
import { median } from '../measure.ts';
import { atMost, type Findings, type Row, type Target } from '../report.ts';

type Latency = typeof import('./abort-latency.ts');

/** How long cancelling a run takes to reach what is at work in it. */
export async function abort(times: number): Promise<Findings> {
  const host = await isolate<Latency>(new URL('./abort-latency.ts', import.meta.url));
  const rows: Row[] = [];
  const targets: Target[] = [];
  try {
    for (const place of await host.call('placeNames')) {
      await host.call('cancelIn', place);
      const noticed: number[] = [];
      const over: number[] = [];
      for (let i = 0; i < times; i += 1) {
        const { noticedMs, overMs } = await host.call('cancelIn', place);
        noticed.push(noticedMs);
        over.push(overMs);
      }
      const common = { work: `cancel in ${place}`, subject: '@aiwork/core', unit: 'ms' };
      rows.push(
        { ...common, metric: 'until it is noticed, median', value: median(noticed) },
        { ...common, metric: 'until it is noticed, slowest', value: Math.max(...noticed) },
        { ...common, metric: 'until the run is over, median', value: median(over) },
      );
      targets.push(atMost(common.work, `slowest of ${times}`, Math.max(...noticed), 50, 'ms'));
    }
  } finally {
    await host.close();
  }
  return { rows, targets };
}
