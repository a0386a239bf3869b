import { setTimeout as delay } from 'node:timers/promises';
import { kafkaTasks } from './kafka-tasks.ts';

// Works on a queue until it is killed: settles 100 jobs, and no more.
const [brokers = '', queue = '', sessionTimeoutMs] = process.argv.slice(2);
const tasks = await kafkaTasks({ brokers: brokers.split(','), sessionTimeoutMs: Number(sessionTimeoutMs) });
const never = new AbortController();
let begun = 0;
await tasks.queue.consume(
  { queues: [queue], group: 'workers', concurrency: 50, signal: never.signal },
  async ({ id }) => {
    console.log(`taken ${id}`);
    begun += 1;
    await delay(begun > 100 ? 1_000_000 : 5);
    console.log(`settled ${id}`);
  },
);
