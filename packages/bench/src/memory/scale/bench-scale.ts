import { atMost, type Findings, type Row, type Skipped, type Target } from '../../report.ts';
import { shareOfPeers } from '../bench-words.ts';
import {
  type Contestant,
  contestants,
  flexSearch,
  miniSearch,
  oursBehindPromises as ours,
} from '../contestants.ts';
import type { CorpusOptions } from '../corpus.ts';
import { indexRows, openWordSearch, queryRows, ratioOf, wordsOfText, workOf } from '../word-search.ts';

export interface ScaleBench {
  readonly small: number;
  readonly large: number;
  readonly vocabulary: number;
  readonly queries: number;
  /** At most this long for the queries of a subject. */
  readonly queriesMs: number;
  /** Queries whose hits are compared with exhaustive scoring. */
  readonly compared: number;
  /** What a subject may take to make the texts, or to index them. */
  readonly limitMs: number;
  /** Of each subject's heap. */
  readonly heapBytes: number;
}

/** What a service may make others wait. */
const longestPauseMs = 50;

const peers = [miniSearch, flexSearch];
const measured = contestants.filter(({ name }) => name === ours || peers.includes(name));

/** Many documents, and how much longer a query takes among them than among few. One subject after the other. */
export async function benchScale(bench: ScaleBench): Promise<Findings> {
  const few = await searchAmong(
    bench.small,
    measured.filter(({ name }) => name === ours),
    bench,
  );
  const many = await searchAmong(bench.large, measured, bench);
  const p50 = (other: string) => ratioOf(many.rows, 'query, p50', ours, other);
  const growth = figureOf(many.rows, 'query, p50') / figureOf(few.rows, 'query, p50');
  const against = (name: string, target: () => Target) =>
    many.rows.some(({ subject }) => subject === name) ? [target()] : [];
  const { work } = many;
  return {
    rows: [...few.rows, ...many.rows],
    skipped: many.skipped,
    targets: [
      atMost(
        work,
        `p50 of BM25 against that of ${countText(bench.small)}`,
        growth,
        bench.large / bench.small,
      ),
      atMost(
        work,
        'longest pause while indexing',
        figureOf(many.rows, 'longest pause while indexing'),
        longestPauseMs,
        'ms',
      ),
      ...against(miniSearch, () =>
        atMost(work, 'p50 of BM25 against MiniSearch', p50(miniSearch), shareOfPeers.zipf.miniSearch),
      ),
      ...against(flexSearch, () =>
        atMost(work, 'p50 of BM25 against FlexSearch', p50(flexSearch), shareOfPeers.zipf.flexSearch),
      ),
      ...against(miniSearch, () =>
        atMost(work, 'memory against MiniSearch', ratioOf(many.rows, 'memory', ours, miniSearch), 1 / 2),
      ),
    ],
  };
}

const countText = (documents: number) => documents.toLocaleString('en');

const figureOf = (rows: readonly Row[], wanted: string) =>
  rows.find(({ subject, metric }) => subject === ours && metric === wanted)?.value ?? Number.NaN;

async function searchAmong(documents: number, subjects: readonly Contestant[], bench: ScaleBench) {
  const corpus: CorpusOptions = { ...bench, documents, distribution: 'zipf', words: wordsOfText };
  const work = `${workOf(corpus)}, one after the other`;
  const rows: Row[] = [];
  const skipped: Skipped[] = [];
  for (const subject of subjects) {
    try {
      rows.push(...(await figuresOf(subject, corpus, work, bench)));
    } catch (error) {
      if (!peers.includes(subject.name)) throw error;
      skipped.push({
        subject: `${subject.name}, ${countText(documents)} documents`,
        why: reasonOf(error, bench),
      });
    }
  }
  return { work, rows, skipped };
}

async function figuresOf(
  subject: Contestant,
  corpus: CorpusOptions,
  work: string,
  { compared, queries, queriesMs, limitMs, heapBytes }: ScaleBench,
): Promise<Row[]> {
  const host = await openWordSearch(corpus, { limitMs, heapBytes });
  try {
    const indexed = await indexRows(host, subject, { work, compared });
    // The first queries are compiled and look up for the first time how far words count at most.
    await host.call('round', 0, queries, queriesMs);
    const times = await host.call('round', 0, queries, queriesMs);
    return [...indexed, ...queryRows(work, subject.name, times)];
  } finally {
    await host.close();
  }
}

function reasonOf(error: unknown, { limitMs, heapBytes }: ScaleBench): string {
  const [first] = (error instanceof Error ? error.message : String(error)).split('\n');
  return `${first} (it may take ${limitMs / 1000} s, and ${heapBytes / 2 ** 30} GiB of heap)`;
}
