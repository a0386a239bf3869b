import { type Isolated, isolate } from '../isolated/isolate.ts';
import { interleave, median, medianRatio } from '../measure.ts';
import { atLeast, type Findings, type Row, type Target } from '../report.ts';
import type { Servers, StepWork } from './step.ts';
import type { Topics } from './topics-process.ts';

export interface FlowEffort {
  readonly rounds: number;
  /** Numbers of worker processes, in rising order. */
  readonly workers: readonly number[];
  /** Steps that a worker runs at once. */
  readonly concurrency: number;
  readonly steps: number;
  readonly works: readonly StepWork[];
}

type Rounds = typeof import('./flow-rounds.ts');
type Worker = typeof import('./flow-worker.ts');

interface Crew {
  readonly queue: string;
  readonly workers: number;
}

/** By how much two workers are to get more done than one. */
const growth = 1.5;

/** Whether more worker processes get more steps of a flow done. */
export async function flows(servers: Servers, topics: Topics, effort: FlowEffort): Promise<Findings> {
  const { rounds, workers, concurrency, steps, works } = effort;
  const processes: { close(): Promise<void> }[] = [];
  const crews: Crew[] = [];
  try {
    const host: Isolated<Rounds> = await isolate<Rounds>(new URL('./flow-rounds.ts', import.meta.url));
    processes.push(host);
    await host.call('connect', servers);
    for (const count of workers) {
      const { queue } = await topics.call('fresh', 'steps');
      crews.push({ queue, workers: count });
      for (let i = 0; i < count; i += 1) {
        const worker = await isolate<Worker>(new URL('./flow-worker.ts', import.meta.url));
        processes.push(worker);
        await worker.call('begin', servers, queue, concurrency);
      }
      // A worker that came while others had begun takes its share over when it is ready.
      await host.call('round', queue, { kind: 'wait', ms: 1 }, steps);
    }
    const rows: Row[] = [];
    const targets: Target[] = [];
    for (const work of works) {
      const measured = await interleave(rounds, crews, ({ queue }) => host.call('round', queue, work, steps));
      const rates = measured.map((each) => each.map(({ perSecond }) => perSecond));
      const name = nameOf(work, concurrency);
      rows.push(
        ...crews.flatMap((crew, i): Row[] => [
          {
            work: name,
            subject: crew.workers === 1 ? '1 worker process' : `${crew.workers} worker processes`,
            metric: 'steps a second',
            value: median(rates[i] ?? []),
            unit: '/s',
          },
        ]),
      );
      targets.push(...targetsOf(name, growth, crews, rates));
    }
    return { rows, targets };
  } finally {
    await Promise.all(processes.map((each) => each.close()));
  }
}

/** Of two against one; what more of them bring depends on how many cores there are. */
function targetsOf(
  work: string,
  limit: number,
  crews: readonly Crew[],
  rates: readonly (readonly number[])[],
): Target[] {
  const [one, two] = rates;
  if (!one || !two) return [];
  const [from, to] = crews.map(({ workers }) => workers);
  return [atLeast(work, `${to} worker processes against ${from}`, medianRatio(two, one), limit)];
}

function nameOf({ kind, ms }: StepWork, concurrency: number): string {
  const what = kind === 'wait' ? `wait for ${ms} ms` : `compute for ${ms} ms`;
  return `steps that ${what}, ${concurrency} at once in each worker`;
}
