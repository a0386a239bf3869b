import { isolate } from '../../isolated/isolate.ts';
import { interleave, median, percentile } from '../../measure.ts';
import { atLeast, atMost, type Findings, type Row } from '../../report.ts';
import type { VectorCorpusOptions } from './vector-corpus.ts';

export interface VectorBench extends VectorCorpusOptions {
  readonly rounds: number;
  /** Queries whose hits are compared with those of looking at every vector. */
  readonly compared: number;
}

type Rounds = typeof import('./vector-rounds.ts');

const exact = '@aiwork/memory, exact';
const approximate = '@aiwork/memory, approximate';
const contestants = [
  { name: exact, module: 'aiwork-exact' },
  { name: approximate, module: 'aiwork-approximate' },
  { name: 'USearch', module: 'usearch' },
  { name: 'Orama', module: 'orama' },
  { name: 'a loop', module: 'loop' },
] as const;

/** The nearest of many vectors, beside libraries that find them. */
export async function benchVectors(bench: VectorBench): Promise<Findings> {
  const { rounds, compared, ...corpus } = bench;
  const work = `${corpus.vectors.toLocaleString('en')} vectors of ${corpus.dimensions} numbers, nearest 10`;
  const rows: Row[] = [];
  const hosts = [];
  try {
    for (const { name, module } of contestants) {
      const host = await isolate<Rounds>(new URL('./vector-rounds.ts', import.meta.url));
      hosts.push({ name, host });
      const { indexMs, bytes } = await host.call(
        'load',
        new URL(`./subjects/${module}.ts`, import.meta.url).href,
        corpus,
      );
      rows.push(
        { work, subject: name, metric: 'index time', value: indexMs, unit: 'ms' },
        { work, subject: name, metric: 'memory', value: bytes / 2 ** 20, unit: 'MiB' },
        {
          work,
          subject: name,
          metric: 'recall of ten',
          value: await host.call('recall', compared),
          unit: '',
        },
      );
    }
    const measured = await interleave(rounds, hosts, ({ host }) => host.call('round'));
    for (const [i, { name }] of hosts.entries()) {
      const times = (measured[i] as number[][]).flat();
      rows.push(
        { work, subject: name, metric: 'query, p50', value: median(times), unit: 'ms' },
        { work, subject: name, metric: 'query, p99', value: percentile(times, 0.99), unit: 'ms' },
      );
    }
    const figureOf = (subject: string, metric: string) =>
      rows.find((row) => row.subject === subject && row.metric === metric)?.value ?? Number.NaN;
    return {
      rows,
      targets: [
        atMost(work, 'p50 of an exact search', figureOf(exact, 'query, p50'), 10, 'ms'),
        atLeast(work, 'recall of an exact search', figureOf(exact, 'recall of ten'), 1, ''),
        atMost(work, 'p50 of an approximate search', figureOf(approximate, 'query, p50'), 1, 'ms'),
        atLeast(work, 'recall of an approximate search', figureOf(approximate, 'recall of ten'), 0.95, ''),
      ],
    };
  } finally {
    await Promise.all(hosts.map(({ host }) => host.close()));
  }
}
