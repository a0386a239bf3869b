import { medianRow, openContest, type Series } from '../isolated/contest.ts';
import { median, percentile } from '../measure.ts';
import { packageVersions } from '../package-version.ts';
import { atLeast, atMost, type Findings, joined, type Report, report } from '../report.ts';
import type { DeadRound, FailureRound } from './rounds.ts';

export interface ResilienceBench {
  readonly failures: { readonly rounds: number; readonly requests: number; readonly together: number };
  readonly dead: {
    readonly rounds: number;
    readonly requests: number;
    readonly together: number;
    readonly answerMs: number;
  };
  readonly overhead: { readonly rounds: number; readonly requests: number };
}

const full: ResilienceBench = {
  failures: { rounds: 5, requests: 10_000, together: 100 },
  dead: { rounds: 5, requests: 2_000, together: 20, answerMs: 50 },
  overhead: { rounds: 5, requests: 20_000 },
};

const ours = '@aiwork/resilience';
const bare = 'one attempt';
const modules: Readonly<Record<string, string>> = {
  [ours]: 'aiwork',
  cockatiel: 'cockatiel',
  'p-retry': 'p-retry',
  [bare]: 'bare',
};

const share = 0.3;

const notes = [
  'Failures are drawn by a seed: of ten, five are a status 503, three a status 429 that asks for 10 ms, two never answer. Providers answer after 2 ms, attempts may take 60 ms, requests 5 s. All but "one attempt" make up to 8 attempts with exponential backoff and jitter; ours within a retry budget of half an attempt a request.',
  'A dead provider takes calls and never answers; the one behind it answers after 50 ms, which is what a request costs at best: as many requests to it alone are made in the same seconds. The breaker is open, and probes once a second: ours beside a request, cockatiel by a request, which waits for it. p-retry has neither breaker nor fallback.',
  'Timers of Node are whole milliseconds, so differences below that are seen in means only.',
];

type Rounds = typeof import('./rounds.ts');

/** Calls that fail, beside libraries that make them hold. */
export async function benchResilience(bench: ResilienceBench = full, folder?: string): Promise<Report> {
  const versions = packageVersions([ours, 'cockatiel', 'p-retry']);
  return report(
    'resilience',
    versions,
    async () => {
      const able: string[] = [];
      await using contest = await openContest<Rounds>(
        new URL('./rounds.ts', import.meta.url),
        Object.keys(modules),
        async (host, name) => {
          const { fallsBack } = await host.call(
            'load',
            new URL(`./subjects/${modules[name]}.ts`, import.meta.url).href,
          );
          if (fallsBack) able.push(name);
        },
      );
      const all = Object.keys(modules);
      const { failures, dead, overhead } = bench;
      let seed = 0;
      return joined(
        [
          failureFindings(
            bench,
            await contest.measure(all, failures.rounds, (host) => {
              seed += 1;
              return host.call('failing', failures.requests, failures.together, share, seed);
            }),
          ),
          deadFindings(
            bench,
            await contest.measure(able, dead.rounds, (host) =>
              host.call('dead', dead.requests, dead.together, dead.answerMs),
            ),
          ),
          overheadFindings(
            await contest.measure(all, overhead.rounds, (host) => host.call('overhead', overhead.requests)),
          ),
        ],
        notes,
      );
    },
    folder,
  );
}

function failureFindings({ failures }: ResilienceBench, measured: readonly Series<FailureRound>[]): Findings {
  const work = `${failures.requests.toLocaleString('en')} requests, ${failures.together} at once, 30 % of the calls fail`;
  const succeeded = (series: Series<FailureRound> | undefined) =>
    100 * mean(series?.rounds.map((round) => round.succeeded) ?? []);
  return {
    rows: measured.flatMap((series) => [
      { work, subject: series.name, metric: 'answered in time', value: succeeded(series), unit: '%' },
      medianRow(work, series, 'calls a request', '', ({ calls }) => calls),
      medianRow(work, series, 'p50', 'ms', ({ times }) => percentile(times, 0.5)),
      medianRow(work, series, 'p99', 'ms', ({ times }) => percentile(times, 0.99)),
    ]),
    targets: [
      atLeast(
        work,
        'requests answered in time, of all rounds',
        succeeded(measured.find(({ name }) => name === ours)),
        99.9,
        '%',
      ),
    ],
  };
}

function deadFindings({ dead }: ResilienceBench, measured: readonly Series<DeadRound>[]): Findings {
  const work = `the first provider is dead, its breaker open, the second answers after ${dead.answerMs} ms`;
  const rounds = measured.find(({ name }) => name === ours)?.rounds ?? [];
  return {
    rows: measured.flatMap((series) => [
      medianRow(work, series, 'mean of a request', 'ms', ({ behindMs }) => behindMs),
      medianRow(work, series, 'p99', 'ms', ({ behindP99Ms }) => behindP99Ms),
      medianRow(work, series, 'mean to the second alone, meanwhile', 'ms', ({ aloneMs }) => aloneMs),
    ]),
    targets: [
      atMost(
        work,
        'time a request, against one to the second alone',
        median(rounds.map(({ behindMs, aloneMs }) => behindMs / aloneMs)),
        1.01,
      ),
    ],
  };
}

function overheadFindings(measured: readonly Series<number>[]): Findings {
  const work = 'a call that succeeds at once';
  return {
    rows: measured.map(({ name, rounds }) => ({
      work,
      subject: name,
      metric: 'time a request',
      value: median(rounds),
      unit: 'µs',
    })),
    targets: [],
  };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
