import { isolate } from '../isolated/isolate.ts';
import { interleave, median, medianRatio } from '../measure.ts';
import { atMost, type Findings, type Row } from '../report.ts';
import type { Readings } from './readers-process.ts';
import type { Watched } from './watched-process.ts';

export interface WatchingEffort {
  readonly rounds: number;
  /** How long a run is watched. */
  readonly seconds: number;
  /** How many watch one run: few, and many. */
  readonly readers: readonly [few: number, many: number];
}

const processorLimit = 1.5;
const lateLimitMs = 300;
/** What many readers cost where they are in no hurry. */
const unhurriedMs = 1000;

interface Watching {
  readonly processorMs: number;
  /** What a bare server writes happened before: it is not late. */
  readonly late?: Pick<Readings, 'p50' | 'p99'>;
}

interface Subject {
  readonly name: string;
  watch(watched: Watched): Promise<Watching>;
}

/** What the server's processor has to do for those who watch one run together, and how late they see what happens. */
export async function watching({ rounds, seconds, readers }: WatchingEffort): Promise<Findings> {
  await using contestants = await openContestants({ seconds, readers });
  const { subjects } = contestants;
  const works = {
    steps: `a run of ${20 * seconds} steps, watched over Server-Sent Events for ${seconds} s`,
    tokens: `a model that writes ${50 * seconds} tokens, watched over Server-Sent Events for ${seconds} s`,
  };
  const found: Findings[] = [];
  for (const watched of ['steps', 'tokens'] as const) {
    for (const { watch } of subjects) await watch(watched);
    const series = await interleave(rounds, subjects, ({ watch }) => watch(watched));
    found.push(findings(works[watched], subjects, series, readers));
  }
  return { rows: found.flatMap(({ rows }) => rows), targets: found.flatMap(({ targets }) => targets) };
}

function findings(
  work: string,
  subjects: readonly Subject[],
  series: readonly Watching[][],
  [few, many]: WatchingEffort['readers'],
): Findings {
  const processor = series.map((of) => of.map(({ processorMs }) => processorMs));
  const late = (i: number, share: 'p50' | 'p99') =>
    (series[i] ?? []).flatMap((each) => each.late?.[share] ?? []);
  const rows = subjects.flatMap(({ name: subject }, i): Row[] =>
    [
      { metric: 'processor time of the server', values: processor[i] ?? [] },
      { metric: 'late, p50', values: late(i, 'p50') },
      { metric: 'late, p99', values: late(i, 'p99') },
    ].flatMap(({ metric, values }) =>
      values.length > 0 ? [{ work, subject, metric, value: median(values), unit: 'ms' }] : [],
    ),
  );
  const [ofFew = [], ofMany = []] = processor;
  const crowd = many.toLocaleString('en');
  return {
    rows,
    targets: [
      atMost(
        work,
        `processor time for ${crowd} readers against ${few}`,
        medianRatio(ofMany, ofFew),
        processorLimit,
      ),
      atMost(work, `how late ${crowd} readers see events, p99`, median(late(1, 'p99')), lateLimitMs, 'ms'),
    ],
  };
}

/** Ours with few, with many, and with many who are in no hurry; each of those with `node:http` alone. */
async function openContestants({ seconds, readers: [few, many] }: Omit<WatchingEffort, 'rounds'>) {
  const processes = new AsyncDisposableStack();
  const closed = async <P extends { close(): Promise<void> }>(opened: Promise<P>) =>
    processes.adopt(await opened, (each) => each.close());
  const clients = await closed(
    isolate<typeof import('./readers-process.ts')>(new URL('./readers-process.ts', import.meta.url)),
  );
  const floor = await closed(
    isolate<typeof import('./bare-watched-process.ts')>(
      new URL('./bare-watched-process.ts', import.meta.url),
    ),
  );
  const floorUrl = await floor.call('serve');

  /** Two subjects: ours, and the same bytes in as many writes. */
  async function pair(name: string, count: number, maxEventDelayMs?: number): Promise<[Subject, Subject]> {
    const server = await closed(
      isolate<typeof import('./watched-process.ts')>(new URL('./watched-process.ts', import.meta.url)),
    );
    const url = await server.call('serve', seconds, maxEventDelayMs);
    const seen = new Map<Watched, Readings>();

    async function watch(watched: Watched): Promise<Watching> {
      const runId = await server.call('start', watched);
      await clients.call('watch', url, runId, count);
      const before = await server.call('processorTime');
      await server.call('go', watched, runId);
      const readings = await clients.call('ended');
      const processorMs = ((await server.call('processorTime')) - before) / 1000;
      seen.set(watched, readings);
      return { processorMs, late: readings };
    }

    async function watchBare(watched: Watched): Promise<Watching> {
      const { text, parts } = seen.get(watched) ?? { text: '', parts: 1 };
      await floor.call('prepare', text, parts);
      await clients.call('watch', floorUrl, 'any', count);
      const before = await floor.call('processorTime');
      await floor.call('go', (1000 * seconds) / parts);
      await clients.call('ended');
      return { processorMs: ((await floor.call('processorTime')) - before) / 1000 };
    }

    return [
      { name, watch },
      { name: `${name}, written to by node:http alone`, watch: watchBare },
    ];
  }

  const names = [few, many].map((count) => `${count.toLocaleString('en')} readers`) as [string, string];
  const [ours, bare] = await pair(names[0], few);
  const [oursMany, bareMany] = await pair(names[1], many);
  const [unhurried] = await pair(`${names[1]}, maxEventDelayMs: ${unhurriedMs}`, many, unhurriedMs);
  return {
    subjects: [ours, oursMany, unhurried, bare, bareMany],
    [Symbol.asyncDispose]: () => processes.disposeAsync(),
  };
}
