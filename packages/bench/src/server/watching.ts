import { isolate } from '../isolated/isolate.ts';
import { interleave, median, medianRatio } from '../measure.ts';
import { atMost, type Findings } from '../report.ts';

export interface WatchingEffort {
  readonly rounds: number;
  /** How many watch one run: few, and many. */
  readonly readers: readonly [few: number, many: number];
}

const limit = 1.5;

/** What the server's processor has to do for those who watch one run together. */
export async function watching({ rounds, readers }: WatchingEffort): Promise<Findings> {
  const server = await isolate<typeof import('./watched-process.ts')>(
    new URL('./watched-process.ts', import.meta.url),
  );
  const clients = await isolate<typeof import('./readers-process.ts')>(
    new URL('./readers-process.ts', import.meta.url),
  );
  try {
    const url = await server.call('serve');
    const measured = await interleave(rounds, readers, async (count) => {
      const runId = await server.call('start');
      await clients.call('watch', url, runId, count);
      const before = await server.call('processorTime');
      await server.call('go', runId);
      const events = await clients.call('ended');
      const microseconds = (await server.call('processorTime')) - before;
      return { milliseconds: microseconds / 1000, events };
    });
    const work = 'a run of 40 steps and two seconds, watched over Server-Sent Events';
    const times = measured.map((each) => each.map(({ milliseconds }) => milliseconds));
    const [few = [], many = []] = times;
    return {
      rows: readers.map((count, i) => ({
        work,
        subject: `${count.toLocaleString('en')} readers`,
        metric: 'processor time of the server',
        value: median(times[i] ?? []),
        unit: 'ms',
      })),
      targets: [
        atMost(
          work,
          `processor time for ${readers[1].toLocaleString('en')} readers against ${readers[0]}`,
          medianRatio(many, few),
          limit,
        ),
      ],
    };
  } finally {
    await clients.close();
    await server.close();
  }
}
