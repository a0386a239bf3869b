import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createOrchestrator, defineFlow } from '@aiwork/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { redis } from '../plugin.ts';
import { redisServer } from '../redis-server.fixture.ts';
import { jobOf } from './jobs.fixture.ts';
import { leaseMs, options, square } from './worker.fixture.ts';

const server = redisServer({ appendfsync: 'everysec' });
const fixture = join(import.meta.dirname, 'worker.fixture.ts');

function start(what: string, namespace: string, ...args: readonly string[]) {
  const argv = ['--conditions=@aiwork/source', fixture, what, server.service().url, namespace, ...args];
  const child = spawn(process.execPath, argv, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] ?? '' },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    async line(): Promise<string> {
      return (await lines.next()).value;
    },
    async kill() {
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      expect(await exit).toEqual([null, 'SIGKILL']);
    },
    async end() {
      const exit = once(child, 'exit');
      child.stdin.end('end\n');
      expect(await exit).toEqual([0, null]);
    },
  };
}

describe('a worker that is killed', () => {
  it('with 50 jobs at work loses none: another is handed them, in the order of each key', {
    timeout: 60_000,
  }, async () => {
    const namespace = `kill ${process.pid}`;
    const { queue } = await server.storage({ namespace, taskQueue: { leaseMs } });
    const jobs = Array.from({ length: 200 }, (_, n) => jobOf(`${n}`, n < 100 ? { key: `k${n % 25}` } : {}));
    await queue.enqueue(jobs);
    const hanging = start('hang', namespace);
    const atWork: string[] = [];
    while (atWork.length < 50) atWork.push(await hanging.line());
    expect(await queue.depth('q', 'g')).toEqual({ waiting: 150, inFlight: 50, deadLettered: 0 });
    await hanging.kill();

    const stop = new AbortController();
    const handed: string[] = [];
    await queue.consume(
      { queues: ['q'], group: 'g', concurrency: 10, signal: stop.signal },
      async ({ id }) => {
        handed.push(id);
        if (handed.length === jobs.length) stop.abort();
      },
    );
    expect(handed.toSorted()).toEqual(jobs.map(({ id }) => id).toSorted());
    for (let key = 0; key < 25; key += 1) {
      const ofKey = handed.map(Number).filter((n) => n < 100 && n % 25 === key);
      expect(ofKey).toEqual([key, key + 25, key + 50, key + 75]);
    }
    expect(await queue.depth('q', 'g')).toEqual({ waiting: 0, inFlight: 0, deadLettered: 0 });
  });

  it('leaves its part of a map to another: the result is right, and no recorded effect happens again', {
    timeout: 60_000,
  }, async () => {
    const items = 40;
    const namespace = `map ${process.pid}`;
    const folder = await mkdtemp(join(tmpdir(), 'aiwork-queue-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'effects.txt');
    const plugins = [redis({ url: server.service().url, namespace, taskQueue: { leaseMs } })];
    const squares = defineFlow({ id: 'squares', input: z.array(z.number()) }, (f) =>
      f.map('all', square, { over: f.input.$, concurrency: 20 }),
    );
    await using ai = createOrchestrator({ plugins, ...options });
    const workers = ['a', 'b'].map((name) => start('work', namespace, name, file));
    for (const worker of workers) expect(await worker.line()).toBe('works');
    const [killed, other] = workers as [ReturnType<typeof start>, ReturnType<typeof start>];

    const numbers = Array.from({ length: items }, (_, n) => n);
    const run = await ai.start(squares, numbers);
    const recorded: (string | undefined)[] = [];
    while (recorded.length < 6) recorded.push((await killed.line()).split(' ')[1]);
    await killed.kill();
    expect(await run.result()).toEqual(numbers.map((n) => n * n));
    await other.end();

    const effects = (await readFile(file, 'utf8')).trim().split('\n');
    const seen = Map.groupBy(effects, (effect) => effect.split(' ')[0]);
    expect(seen.size).toBe(items);
    const by = (name: string) => effects.filter((effect) => effect.endsWith(` ${name}`)).length;
    expect(by('a')).toBeGreaterThanOrEqual(6);
    expect(by('b')).toBeGreaterThan(6);
    for (const n of recorded) expect(seen.get(n)).toEqual([`${n} a`]);
    // What the killed one had done and not yet recorded may happen once more: what it had at work, at most.
    expect(effects.length - items).toBeLessThanOrEqual(4);
  });
});
