import { type Isolated, isolate } from '../isolated/isolate.ts';
import { interleave, median, percentile } from '../measure.ts';
import { packageVersions } from '../package-version.ts';
import {
  atMost,
  type Findings,
  joined,
  type Report,
  type Row,
  report,
  type Skipped,
  type Target,
} from '../report.ts';
import type { CorpusOptions } from './corpus.ts';
import type { RankingKind } from './exhaustive.ts';
import { benchVectors, type VectorBench } from './vectors/bench-vectors.ts';

export interface MemoryBench {
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
  readonly vectors: VectorBench;
}

const full: MemoryBench = {
  distributions: ['zipf', 'uniform'],
  documents: 20_000,
  vocabulary: 20_000,
  rounds: 5,
  queries: 200,
  roundMs: 3_000,
  compared: 200,
  vectors: { vectors: 100_000, dimensions: 384, queries: 50, rounds: 5, compared: 50 },
};

interface Contestant {
  readonly name: string;
  readonly module: string;
  /** Ours: what its hits have to equal. */
  readonly exactly?: RankingKind;
}

const ours = '@aiwork/memory, BM25';
const contestants: readonly Contestant[] = [
  { name: ours, module: 'aiwork-bm25', exactly: 'bm25' },
  { name: '@aiwork/memory, TF-IDF', module: 'aiwork-tfidf', exactly: 'tfidf' },
  { name: '@aiwork/memory, BM25 behind promises', module: 'aiwork-async', exactly: 'bm25' },
  { name: 'MiniSearch', module: 'minisearch' },
  { name: 'FlexSearch, suggest', module: 'flexsearch' },
  { name: 'Orama', module: 'orama' },
];

type Rounds = typeof import('./rounds.ts');

const notes = [
  'Each subject runs in a process of its own; rounds are interleaved; quantiles are over all queries of all rounds (a slow subject gets through fewer of them).',
  'Vectors are made up as those of texts are: near one of 200 topics, and with most of what they say in some of their directions. USearch keeps a graph of neighbours outside the heap of JavaScript, which its memory leaves out; exact searches are compared with looking at every vector, too.',
  'Memory is what the index adds to the texts themselves. FlexSearch gives no scores, so its hits are not ranked by relevance.',
];

/** Keyword search in this process, beside libraries that do the same. */
export async function benchMemory(bench: MemoryBench = full, folder?: string): Promise<Report> {
  const versions = packageVersions(['@aiwork/memory', 'minisearch', 'flexsearch', '@orama/orama', 'usearch']);
  return report(
    'memory',
    versions,
    async () => {
      const parts: Findings[] = [];
      for (const distribution of bench.distributions) {
        parts.push(
          await searchIn({ ...bench, distribution, words: 60, queries: bench.rounds * bench.queries }, bench),
        );
      }
      parts.push(await benchVectors(bench.vectors));
      return joined(parts, notes);
    },
    folder,
  );
}

async function searchIn(corpus: CorpusOptions, bench: MemoryBench): Promise<Findings> {
  const work = `${corpus.documents.toLocaleString('en')} documents of ${corpus.words} words, ${corpus.distribution}, queries of 4, top 10`;
  const rows: Row[] = [];
  const targets: Target[] = [];
  const skipped: Skipped[] = [];
  const hosts: { name: string; host: Isolated<Rounds> }[] = [];
  try {
    for (const { name, module, exactly } of contestants) {
      const host = await isolate<Rounds>(new URL('./rounds.ts', import.meta.url));
      hosts.push({ name, host });
      const { indexMs, bytes } = await host.call(
        'load',
        new URL(`./subjects/${module}.ts`, import.meta.url).href,
        corpus,
      );
      rows.push(
        { work, subject: name, metric: 'index time', value: indexMs, unit: 'ms' },
        { work, subject: name, metric: 'memory', value: bytes / 2 ** 20, unit: 'MiB' },
      );
      if (exactly) {
        const compared = await host.call('compareWithExhaustive', exactly, bench.compared);
        rows.push({
          work,
          subject: name,
          metric: 'queries with exactly the hits of exhaustive scoring',
          value: compared,
          unit: `of ${compared}`,
        });
      }
      await host.call('round', 0, bench.queries, bench.roundMs);
    }
    const measured = await interleave(bench.rounds, hosts, ({ host }, round) =>
      host.call('round', round * bench.queries, bench.queries, bench.roundMs),
    );
    const p50 = new Map<string, number>();
    for (const [i, { name }] of hosts.entries()) {
      const times = (measured[i] as number[][]).flat().map((ms) => ms * 1000);
      p50.set(name, median(times));
      rows.push(
        { work, subject: name, metric: 'query, p50', value: median(times), unit: 'µs' },
        { work, subject: name, metric: 'query, p99', value: percentile(times, 0.99), unit: 'µs' },
        { work, subject: name, metric: 'queries measured', value: times.length, unit: '' },
      );
    }
    const against = (other: string) => (p50.get(ours) as number) / (p50.get(other) as number);
    targets.push(
      atMost(work, 'p50 of BM25 against MiniSearch', against('MiniSearch'), 1 / 20),
      atMost(work, 'p50 of BM25 against FlexSearch', against('FlexSearch, suggest'), 1),
    );
    return { rows, targets, skipped };
  } finally {
    await Promise.all(hosts.map(({ host }) => host.close()));
  }
}
