import { interleave } from '../measure.ts';
import { atMost, type Findings, type Row } from '../report.ts';
import { contestants, flexSearch, miniSearch, ours } from './contestants.ts';
import type { CorpusOptions } from './corpus.ts';
import {
  indexRows,
  openWordSearch,
  queryRows,
  ratioOf,
  type WordSearch,
  wordsOfText,
  workOf,
} from './word-search.ts';

export interface WordsBench {
  readonly distributions: readonly CorpusOptions['distribution'][];
  readonly documents: number;
  readonly vocabulary: number;
  readonly rounds: number;
  /** Of one round. */
  readonly queries: number;
  /** At most this long for a subject's round. */
  readonly roundMs: number;
  /** Queries whose hits are compared with exhaustive scoring. */
  readonly compared: number;
}

/** How much of a peer's time a query may take at most. Where words are all rare, a query has little to leave out. */
export const shareOfPeers = {
  zipf: { miniSearch: 1 / 30, flexSearch: 1 / 2 },
  uniform: { miniSearch: 1 / 20, flexSearch: 1 },
} as const;

/** Searches by words in this process, side by side with libraries that do the same. */
export async function benchWords(
  bench: WordsBench,
  distribution: CorpusOptions['distribution'],
): Promise<Findings> {
  const corpus: CorpusOptions = {
    ...bench,
    distribution,
    words: wordsOfText,
    queries: bench.rounds * bench.queries,
  };
  const work = workOf(corpus);
  const rows: Row[] = [];
  const hosts: { name: string; host: WordSearch }[] = [];
  try {
    for (const contestant of contestants) {
      const host = await openWordSearch(corpus);
      hosts.push({ name: contestant.name, host });
      rows.push(...(await indexRows(host, contestant, { work, compared: bench.compared })));
      await host.call('round', 0, bench.queries, bench.roundMs);
    }
    const measured = await interleave(bench.rounds, hosts, ({ host }, round) =>
      host.call('round', round * bench.queries, bench.queries, bench.roundMs),
    );
    for (const [i, { name }] of hosts.entries())
      rows.push(...queryRows(work, name, (measured[i] as number[][]).flat()));
    const p50 = (other: string) => ratioOf(rows, 'query, p50', ours, other);
    const share = shareOfPeers[distribution];
    return {
      rows,
      targets: [
        atMost(work, 'p50 of BM25 against MiniSearch', p50(miniSearch), share.miniSearch),
        atMost(work, 'p50 of BM25 against FlexSearch', p50(flexSearch), share.flexSearch),
      ],
    };
  } finally {
    await Promise.all(hosts.map(({ host }) => host.close()));
  }
}
