import { isolate } from '../isolated/isolate.ts';
import { median, percentile } from '../measure.ts';
import { atLeast, atMost, type Findings, type Row, type Target } from '../report.ts';
import type { ModelFiles } from './model-files.ts';
import { repeatedTexts, shortTexts } from './short-texts.ts';

type ServerProcess = typeof import('./server-process.ts');
type RequestsProcess = typeof import('./requests-process.ts');

export interface Served {
  readonly findings: Findings;
  /** Of the process that serves, after all requests. */
  readonly residentBytes: number;
}

interface Requests {
  /** Requests of one text that was never seen, one after the other. */
  readonly single: number;
  /** Requests of the mix, 32 at once. */
  readonly mixed: number;
  /** How many different texts the mix is of. */
  readonly different: number;
}

/** A service, from its load to its memory after all requests. */
export async function serving(
  { places }: ModelFiles,
  { single, mixed, different }: Requests,
): Promise<Served> {
  const precision = places.has('int8') ? 'int8' : 'fp32';
  const subject = `@aiwork/embeddings on @aiwork/server, ${precision}`;
  const server = await isolate<ServerProcess>(new URL('./server-process.ts', import.meta.url));
  const clients = await isolate<RequestsProcess>(new URL('./requests-process.ts', import.meta.url));
  const rows: Row[] = [];
  const targets: Target[] = [];
  try {
    const { url, loadMs } = await server.call('serve', places.get(precision)?.arrow ?? '');
    const load = 'a model of a service';
    rows.push({ work: load, subject, metric: 'load', value: loadMs, unit: 'ms' });
    targets.push(atMost(load, 'load', loadMs, 100, 'ms'));

    await clients.call('ask', url, shortTexts(50, 1), 1);
    const one = 'one text that was never seen, through HTTP';
    const { times } = await clients.call('ask', url, shortTexts(single, 2), 1);
    const [p50, p99] = [median(times), percentile(times, 0.99)];
    rows.push(
      { work: one, subject, metric: 'p50', value: p50, unit: 'ms' },
      { work: one, subject, metric: 'p99', value: p99, unit: 'ms' },
    );
    targets.push(atMost(one, 'p50', p50, 5, 'ms'), atMost(one, 'p99', p99, 15, 'ms'));

    const hitsBefore = await server.call('cacheHits');
    const work = 'a mix of requests of one text, 32 at once';
    const { perSecond, times: mixedTimes } = await clients.call(
      'ask',
      url,
      repeatedTexts(mixed, different, 3),
      32,
    );
    const hits = (await server.call('cacheHits')) - hitsBefore;
    rows.push(
      { work, subject, metric: 'requests a second', value: perSecond, unit: '' },
      { work, subject, metric: 'found in the cache', value: (100 * hits) / mixed, unit: '%' },
      { work, subject, metric: 'p50', value: median(mixedTimes), unit: 'ms' },
      { work, subject, metric: 'p99', value: percentile(mixedTimes, 0.99), unit: 'ms' },
    );
    targets.push(atLeast(work, 'requests a second', perSecond, 2000, ''));

    const overhead = await server.call('toolOverheadMs', 500);
    const tool = 'a call of the tool `embed`, beside the work itself';
    rows.push({ work: tool, subject, metric: 'time', value: overhead, unit: 'ms' });
    targets.push(atMost(tool, 'time', overhead, 2, 'ms'));

    const residentBytes = await server.call('residentBytes');
    rows.push({
      work: load,
      subject,
      metric: 'memory after all requests',
      value: residentBytes / 1e6,
      unit: 'MB',
    });
    targets.push(atMost(load, 'memory after all requests', residentBytes / 1e6, 200, 'MB'));
    return { findings: { rows, targets }, residentBytes };
  } finally {
    await Promise.all([server.close(), clients.close()]);
  }
}
