import { setTimeout as delay } from 'node:timers/promises';
import { kafkaTasks } from './kafka-tasks.ts';
import type { KafkaOptions } from './options.ts';

/** How a worker in a process of its own is started. What it does with a job is what the id of the job begins with. */
export interface WorkerProcessOptions {
  readonly kafka: KafkaOptions;
  readonly queue: string;
  readonly concurrency: number;
}

const { kafka, queue, concurrency }: WorkerProcessOptions = JSON.parse(process.argv[2] ?? '');

let clockIsAheadMs = 0;
const RealDate = Date;
/** All that programs in JavaScript see of the clock of the wall. */
globalThis.Date = class extends RealDate {
  constructor(...given: readonly unknown[]) {
    super(...((given.length === 0 ? [RealDate.now() + clockIsAheadMs] : given) as [number]));
  }
  static override now = () => RealDate.now() + clockIsAheadMs;
} as DateConstructor;
process.on('message', (aheadMs: number) => {
  clockIsAheadMs = aheadMs;
});
process.channel?.unref();

const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());

const failed = new Set<string>();
const deeds: readonly (readonly [string, (id: string) => Promise<unknown>])[] = [
  ['fatal', async () => process.kill(process.pid, 'SIGKILL')],
  ['stuck', () => delay(1_000_000)],
  ['slow', () => delay(500)],
  [
    'failing',
    async (id) => {
      if (failed.has(id)) return;
      failed.add(id);
      throw new Error('once more');
    },
  ],
  ['', () => delay(5)],
];

await using tasks = await kafkaTasks(kafka);
tasks.observe((event) => {
  if (event.type === 'suspected') console.log(`suspected ${event.partition}`);
});
await tasks.queue.consume(
  { queues: [queue], group: 'workers', concurrency, signal: stop.signal },
  async ({ id }) => {
    // Pipes are written to at once, also just before the end.
    console.log(`taken ${id}`);
    await deeds.find(([prefix]) => id.startsWith(prefix))?.[1](id);
    console.log(`settled ${id}`);
  },
);
