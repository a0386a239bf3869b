import { describe, expect, it } from 'vitest';
import type { Job } from '../adapters/task-queue.ts';
import type { Clock } from '../engine/clock.ts';
import { virtualClock } from '../testing/virtual-clock.ts';
import { createMemoryTaskQueue, type MemoryTaskQueueOptions } from './memory-task-queue.ts';

const jobOf = (id: string, changes: Partial<Job> = {}): Job => ({
  id,
  queue: 'q',
  runId: 'r',
  stepId: 's',
  attempt: 1,
  priority: 0,
  ...changes,
});

/** A queue on a virtual clock, and a consumer that writes down what it is handed. */
function world(options: MemoryTaskQueueOptions = {}) {
  const clock = virtualClock({ startAt: 1000 });
  const queue = createMemoryTaskQueue({ clock, ...options });
  const handed: string[] = [];
  const stop = new AbortController();
  const consume = (work: (job: Job) => unknown = () => {}, concurrency = 1) =>
    queue.consume({ queues: ['q'], group: 'g', concurrency, signal: stop.signal }, async (job) => {
      handed.push(`${clock.now()} ${job.id}`);
      await work(job);
    });
  return { clock, queue, handed, consume, stop };
}

const fail = () => {
  throw new Error('no');
};

describe('an in-memory task queue', () => {
  it('hands out 100,000 waiting jobs in about linear time', async () => {
    const timeOf = async (count: number) => {
      const queue = createMemoryTaskQueue();
      const stop = new AbortController();
      const jobs = Array.from({ length: count }, (_, n) =>
        jobOf(`${n}`, { priority: n % 7, ...(n % 2 && { key: `k${n % 1000}` }) }),
      );
      await queue.enqueue(jobs);
      let left = count;
      // What of the processor it took: others may have it meanwhile.
      const start = process.cpuUsage();
      await queue.consume({ queues: ['q'], group: 'g', concurrency: 8, signal: stop.signal }, async () => {
        left -= 1;
        if (left === 0) stop.abort();
      });
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    };
    const small = await timeOf(10_000);
    // Were it a scan for each, ten times as many would take a hundred times as long.
    expect(await timeOf(100_000)).toBeLessThan(40 * Math.max(small, 20));
  });

  it('waits twice as long each time before it hands out again, up to its most', async () => {
    const { clock, queue, handed, consume, stop } = world({ minRedeliveryMs: 100, maxRedeliveryMs: 300 });
    await queue.enqueue([jobOf('a')]);
    const consuming = consume(fail);
    await clock.advance(10_000);
    expect(handed).toEqual(['1000 a', '1100 a', '1300 a', '1600 a', '1900 a']);
    stop.abort();
    await consuming;
    const { items } = await queue.deadLetters('q', 'g');
    expect(items).toMatchObject([{ deliveries: 5, deadAt: 1900, error: { message: 'no' } }]);
  });

  it('hands out to whoever had less lately', async () => {
    const { queue, stop } = world();
    const by: string[] = [];
    const consume = (name: string) =>
      queue.consume({ queues: ['q'], group: 'g', concurrency: 2, signal: stop.signal }, async () => {
        by.push(name);
      });
    const consuming = ['a', 'b', 'c'].map(consume);
    for (let n = 0; n < 6; n += 1) {
      await queue.enqueue([jobOf(`${n}`)]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(by).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
    stop.abort();
    await Promise.all(consuming);
  });

  it('keeps no timer while nobody consumes', async () => {
    const { clock, queue, consume, stop } = world();
    await queue.enqueue([jobOf('a', { notBefore: 5000 })]);
    expect(clock.pending).toBe(0);
    const consuming = consume();
    expect(clock.pending).toBe(1);
    stop.abort();
    await consuming;
    expect(clock.pending).toBe(0);
  });

  it('sets no timer for what may go and finds no room', async () => {
    const { clock, queue, consume, stop } = world();
    await queue.enqueue([jobOf('a'), jobOf('b', { notBefore: 1010 })]);
    const rest = new AbortController();
    const consuming = consume(() => new Promise((resolve) => rest.signal.addEventListener('abort', resolve)));
    await clock.advance(20);
    expect(clock.pending).toBe(0);
    rest.abort();
    stop.abort();
    await consuming;
  });

  it('does not wait for a handler whose job is lost', async () => {
    const { clock, queue, consume, stop } = world({ leaseMs: 50 });
    await queue.enqueue([jobOf('a')]);
    const consuming = consume(() => new Promise(() => {}));
    stop.abort();
    await clock.advance(50);
    await consuming;
    expect(await queue.depth('q', 'g')).toEqual({ waiting: 1, inFlight: 0, deadLettered: 0 });
    await queue.close();
  });

  it('hands out what comes due between two looks at the clock', async () => {
    for (let notBefore = 20; notBefore < 30; notBefore += 1) {
      let time = 0;
      // A clock that goes on whenever it is looked at.
      const clock: Clock = {
        now() {
          time += 1;
          return time;
        },
        setTimer(_delayMs, callback) {
          const timer = setImmediate(callback);
          return () => clearImmediate(timer);
        },
      };
      const queue = createMemoryTaskQueue({ clock });
      await queue.enqueue([jobOf('a', { notBefore })]);
      const stop = new AbortController();
      const options = { queues: ['q'], group: 'g', concurrency: 1, signal: stop.signal };
      await queue.consume(options, async () => stop.abort());
      await queue.close();
    }
  });

  it('dead-letters a job whose handlers only hang', async () => {
    const { clock, queue, consume, stop } = world({ leaseMs: 50, maxDeliveries: 2 });
    await queue.enqueue([jobOf('a')]);
    const consuming = consume(() => new Promise(() => {}), 2);
    await clock.advance(100);
    const { items } = await queue.deadLetters('q', 'g');
    expect(items).toMatchObject([{ deliveries: 2, error: { code: 'AIWORK_LEASE_LOST' } }]);
    stop.abort();
    await consuming;
  });

  it.each([
    { leaseMs: 0 },
    { maxDeliveries: 0 },
    { maxDeliveries: 1.5 },
    { minRedeliveryMs: -1 },
    { maxRedeliveryMs: Number.NaN },
    { maxJobBytes: 0 },
  ])('refuses %j', (options) => {
    expect(() => createMemoryTaskQueue(options)).toThrow(`${Object.keys(options)[0]} is`);
  });
});
