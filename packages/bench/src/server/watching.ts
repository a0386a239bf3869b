import { isolate } from '../isolated/isolate.ts';
import { interleave, median, medianRatio } from '../measure.ts';
import { atMost, type Findings } from '../report.ts';

export interface WatchingEffort {
  readonly rounds: number;
  /** How many watch one run: few, and many. */
  readonly readers: readonly [few: number, many: number];
}

const limit = 1.5;

/** Events come so often, and for so long. */
const stepMs = 50;
const runMs = 2000;
/** A server writes to all of them together no more often than this. */
const writesPerMs = 4;
const longestGatherMs = 250;

const ours = 'readers';
const bare = 'readers, written to by node:http alone';

/** What the server's processor has to do for those who watch one run together. */
export async function watching({ rounds, readers: [few, many] }: WatchingEffort): Promise<Findings> {
  await using processes = new AsyncDisposableStack();
  const closed = async <P extends { close(): Promise<void> }>(opened: Promise<P>) =>
    processes.adopt(await opened, (each) => each.close());
  const server = await closed(
    isolate<typeof import('./watched-process.ts')>(new URL('./watched-process.ts', import.meta.url)),
  );
  const floor = await closed(
    isolate<typeof import('./bare-watched-process.ts')>(
      new URL('./bare-watched-process.ts', import.meta.url),
    ),
  );
  const clients = await closed(
    isolate<typeof import('./readers-process.ts')>(new URL('./readers-process.ts', import.meta.url)),
  );
  const url = await server.call('serve');
  const floorUrl = await floor.call('serve');
  let sent = '';

  async function watchOurs(count: number): Promise<number> {
    const runId = await server.call('start');
    await clients.call('watch', url, runId, count);
    const before = await server.call('processorTime');
    await server.call('go', runId);
    await clients.call('ended');
    const microseconds = (await server.call('processorTime')) - before;
    sent ||= await (await fetch(`${url}/executions/${runId}/events`)).text();
    return microseconds / 1000;
  }

  /** The same bytes, in as many writes. */
  async function watchBare(count: number): Promise<number> {
    const everyMs = Math.max(stepMs, Math.min(count / writesPerMs, longestGatherMs));
    await floor.call('prepare', sent, Math.ceil(runMs / everyMs));
    await clients.call('watch', floorUrl, 'any', count);
    const before = await floor.call('processorTime');
    await floor.call('go', everyMs);
    await clients.call('ended');
    return ((await floor.call('processorTime')) - before) / 1000;
  }

  const subjects = [
    { name: ours, count: few, watch: watchOurs },
    { name: ours, count: many, watch: watchOurs },
    { name: bare, count: few, watch: watchBare },
    { name: bare, count: many, watch: watchBare },
  ];
  // The second kind writes what the first was seen to.
  await watchOurs(few);
  const times = await interleave(rounds, subjects, ({ count, watch }) => watch(count));
  const work = 'a run of 40 steps and two seconds, watched over Server-Sent Events';
  const [ofFew = [], ofMany = []] = times;
  return {
    rows: subjects.map(({ name, count }, i) => ({
      work,
      subject: `${count.toLocaleString('en')} ${name}`,
      metric: 'processor time of the server',
      value: median(times[i] ?? []),
      unit: 'ms',
    })),
    targets: [
      atMost(
        work,
        `processor time for ${many.toLocaleString('en')} readers against ${few}`,
        medianRatio(ofMany, ofFew),
        limit,
      ),
    ],
  };
}
