import { type Isolated, type IsolationLimits, isolate } from '../isolated/isolate.ts';
import { median, percentile } from '../measure.ts';
import type { Row } from '../report.ts';
import { type Contestant, subjectUrl } from './contestants.ts';
import type { CorpusOptions } from './corpus.ts';

type Rounds = typeof import('./rounds.ts');
export type WordSearch = Isolated<Rounds>;

export const wordsOfText = 60;

export const workOf = ({ documents, words, distribution }: CorpusOptions): string =>
  `${documents.toLocaleString('en')} documents of ${words} words, ${distribution}, queries of 4, top 10`;

/** Starts the process of a contestant, which makes the corpus. */
export async function openWordSearch(corpus: CorpusOptions, limits?: IsolationLimits): Promise<WordSearch> {
  const host = await isolate<Rounds>(new URL('./rounds.ts', import.meta.url), limits);
  try {
    await host.call('prepare', corpus);
    return host;
  } catch (error) {
    await host.close();
    throw error;
  }
}

/** Lets a contestant index the corpus, and holds ours to scoring every document. */
export async function indexRows(
  host: WordSearch,
  contestant: Contestant,
  { work, compared }: { readonly work: string; readonly compared: number },
): Promise<Row[]> {
  const { name: subject, exactly } = contestant;
  const { indexMs, bytes, pauseMs } = await host.call('load', subjectUrl(contestant));
  const rows: Row[] = [
    { work, subject, metric: 'index time', value: indexMs, unit: 'ms' },
    { work, subject, metric: 'longest pause while indexing', value: pauseMs, unit: 'ms' },
    { work, subject, metric: 'memory', value: bytes / 2 ** 20, unit: 'MiB' },
  ];
  if (exactly === undefined) return rows;
  const equal = await host.call('compareWithExhaustive', exactly, compared);
  return [
    ...rows,
    {
      work,
      subject,
      metric: 'queries with exactly the hits of exhaustive scoring',
      value: equal,
      unit: `of ${equal}`,
    },
  ];
}

/** `times`: milliseconds of each query. */
export function queryRows(work: string, subject: string, times: readonly number[]): Row[] {
  const micros = times.map((ms) => ms * 1000);
  return [
    { work, subject, metric: 'query, p50', value: median(micros), unit: 'µs' },
    { work, subject, metric: 'query, p99', value: percentile(micros, 0.99), unit: 'µs' },
    { work, subject, metric: 'queries measured', value: micros.length, unit: '' },
  ];
}

/** A figure of one subject against that of another. */
export function ratioOf(rows: readonly Row[], metric: string, subject: string, other: string): number {
  const figureOf = (name: string) =>
    rows.find((row) => row.subject === name && row.metric === metric)?.value ?? Number.NaN;
  return figureOf(subject) / figureOf(other);
}
