import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasCode, type Orchestrator, type Run, stintsOf } from '@aiwork/core';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { type Crew, flowOf, hasBegun, type OpenOptions, open } from './flows.fixture.ts';
import { errorOf, freshQueue, kafkaServer } from './kafka-server.fixture.ts';

vi.setConfig({ testTimeout: 240_000 });

const server = kafkaServer();
const patience = { timeout: 60_000, interval: 50 };

/** What is to be ended after the tests, which run at the same time. */
const endings: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const end of endings.reverse()) await end();
}, 60_000);

/** A journal and a log in a folder of their own, and a queue that no other test has. */
async function newCrew(options: Partial<Crew> = {}): Promise<Crew> {
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-flows-'));
  endings.push(() => rm(folder, { recursive: true, force: true }));
  return {
    brokers: server.service().brokers,
    journal: join(folder, 'runs.db'),
    log: join(folder, 'log'),
    queue: freshQueue(),
    ...options,
  };
}

function openFor(crew: Crew, options: OpenOptions): Orchestrator {
  const ai = open(crew, options);
  endings.push(() => ai.close());
  return ai;
}

/** Starts a process of the crew; resolves when it works. */
async function startProcess(
  crew: Crew,
  role: 'flow' | 'worker' | 'stuck',
  name: string,
  input?: unknown,
): Promise<ChildProcess> {
  const file = fileURLToPath(new URL('flow-process.fixture.ts', import.meta.url));
  const words = [role, name, JSON.stringify(crew), ...(input === undefined ? [] : [JSON.stringify(input)])];
  const child = spawn(process.execPath, ['--conditions=@aiwork/source', file, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endings.push(() => end(child, 'SIGKILL'));
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${name} ended with ${code} before it was ready`);
  });
  await Promise.race([once(child.stdout, 'data'), ended]);
  return child;
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

/** How often each item did what the log says, as in `effect 7`. */
async function counted({ log }: Crew, what: 'begun' | 'effect' | 'at work' | 'stopped') {
  const text = await readFile(log, 'utf8').catch(() => '');
  const counts = new Map<number, number>();
  for (const [, n] of text.matchAll(new RegExp(`^${what} (\\d+)$`, 'gm'))) {
    counts.set(Number(n), (counts.get(Number(n)) ?? 0) + 1);
  }
  return counts;
}

const items = (count: number, more: (n: number) => object = () => ({})) =>
  Array.from({ length: count }, (_, n) => ({ n, takesMs: 0, stuck: false, ...more(n) }));
const doubled = (count: number) => Array.from({ length: count }, (_, n) => n * 2);
const onceEach = (count: number) => new Map(Array.from({ length: count }, (_, n) => [n, 1]));
const sorted = (counts: ReadonlyMap<number, number>) => new Map([...counts].sort(([a], [b]) => a - b));

/** Who worked on each call of the flow, as its journal says, by the names of the processes. */
async function workersOf(run: Run<unknown>): Promise<ReadonlyMap<string, readonly string[]>> {
  const workers = new Map<string, readonly string[]>();
  for await (const event of run) {
    if (event.type !== 'child.used') continue;
    workers.set(
      event.stepId,
      (event.stints ?? []).map(({ owner }) => owner.split('/')[0] ?? owner),
    );
  }
  return workers;
}

async function resumeWhenFree(ai: Orchestrator, runId: string): Promise<Run<unknown>> {
  for (;;) {
    try {
      return await ai.resume(runId);
    } catch (error) {
      if (!hasCode(error, 'AIWORK_RUN_OWNED')) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

describe.concurrent('a flow whose calls go through Kafka', () => {
  it('outlives kill -9 of a worker with 50 of them in flight: others do them, with recorded effects once', async () => {
    const crew = await newCrew();
    const doomed = await startProcess(crew, 'stuck', 'doomed');
    const desk = openFor(crew, { name: 'desk' });
    const run = await desk.start(
      flowOf(crew),
      items(80, (n) => ({ stuck: n >= 30 })),
    );
    await vi.waitUntil(async () => (await counted(crew, 'at work')).size === 80, patience);
    await end(doomed, 'SIGKILL');
    await startProcess(crew, 'worker', 'heir');
    expect(await run.result()).toEqual(doubled(80));
    expect(sorted(await counted(crew, 'effect'))).toEqual(onceEach(80));
    const workers = await workersOf(run);
    const left = [...workers].filter(([, names]) => names.length > 1);
    expect(left.map(([, names]) => names)).toEqual(Array(50).fill(['doomed', 'heir']));
    for (const [stepId] of left) expect(Number(stepId.slice(4, -1))).toBeGreaterThanOrEqual(30);
  });

  it('goes on where its journal ends after kill -9 of its own process, and no call is made twice', async () => {
    const crew = await newCrew();
    const flow = await startProcess(
      crew,
      'flow',
      'first',
      items(200, () => ({ takesMs: 200 })),
    );
    await startProcess(crew, 'worker', 'worker');
    await vi.waitUntil(async () => (await counted(crew, 'at work')).size > 60, patience);
    await end(flow, 'SIGKILL');
    const second = openFor(crew, { name: 'second' });
    const run = await resumeWhenFree(second, 'r');
    expect(await run.result()).toEqual(doubled(200));
    expect(sorted(await counted(crew, 'begun'))).toEqual(onceEach(200));
    const owners = stintsOf(await Array.fromAsync(run)).map(({ owner }) => owner.split('/')[0]);
    expect(owners).toEqual(['first', 'second']);
  });

  it('is not harmed by calls that are handed out again, at work or over', async () => {
    const crew = await newCrew();
    const desk = openFor(crew, { name: 'desk' });
    await startProcess(crew, 'worker', 'a');
    await startProcess(crew, 'worker', 'b');
    // From when both have something, no partition moves.
    const first = await desk.start(
      flowOf(crew),
      items(40, (n) => ({ n: 1000 + n, until: n % 2 === 0 ? 'a' : 'b' })),
    );
    await first.result();
    const begun = async () => new Map([...(await counted(crew, 'begun'))].filter(([n]) => n < 1000));
    const run = await desk.start(
      flowOf(crew),
      items(40, () => ({ takesMs: 500 })),
    );
    const again = () =>
      desk.use('queue').enqueue(
        items(40).map(({ n }) => {
          const id = `${run.id}.all[${n}]`;
          return {
            id: `${id} again`,
            queue: crew.queue,
            runId: id,
            stepId: `all[${n}]`,
            attempt: 1,
            priority: 0,
          };
        }),
      );
    await vi.waitUntil(async () => (await begun()).size >= 10, patience);
    await again();
    expect(await run.result()).toEqual(doubled(40));
    await again();
    const queue = desk.use('queue');
    await vi.waitUntil(async () => (await queue.depth(crew.queue, 'aiwork')).waiting === 0, patience);
    expect(sorted(await begun())).toEqual(onceEach(40));
    expect((await queue.depth(crew.queue, 'aiwork')).deadLettered).toBe(0);
  });

  it('has each of 500 calls done while workers come, go and are killed', async () => {
    const crew = await newCrew({ concurrency: 10 });
    const desk = openFor(crew, { name: 'desk' });
    const first = await startProcess(crew, 'worker', 'first');
    const run = await desk.start(
      flowOf(crew),
      items(500, (n) => (n < 100 ? {} : { until: n < 300 ? 'second' : 'third' })),
    );
    const begun = (name: string) => vi.waitUntil(() => hasBegun(crew.log, name), patience);
    await begun('first');
    const second = await startProcess(crew, 'worker', 'second');
    await begun('second');
    const gone = end(first, 'SIGTERM');
    await startProcess(crew, 'worker', 'third');
    await begun('third');
    await end(second, 'SIGKILL');
    await gone;
    expect(await run.result()).toEqual(doubled(500));
    const calls = [...(await workersOf(run)).keys()];
    const journals = await Promise.all(
      calls.map((stepId) => Array.fromAsync(desk.events(`${run.id}.${stepId}`))),
    );
    const recorded = journals.map((events) => events.filter(({ type }) => type === 'effect.recorded').length);
    expect(recorded).toEqual(Array(500).fill(1));
    // One that was done and not yet recorded when its worker was lost is done again; no other is.
    const effects = await counted(crew, 'effect');
    expect(effects.size).toBe(500);
    expect([...effects.values()].reduce((sum, times) => sum + times, 0)).toBeLessThanOrEqual(520);
  });

  it('takes its calls back when it is cancelled: those at work are stopped, the others never begin', async () => {
    const crew = await newCrew();
    const desk = openFor(crew, { name: 'desk' });
    await startProcess(crew, 'stuck', 'worker');
    const run = await desk.start(
      flowOf(crew),
      items(70, () => ({ stuck: true })),
    );
    await vi.waitUntil(async () => (await counted(crew, 'at work')).size === 50, patience);
    await run.cancel('enough');
    expect(await errorOf(run.result())).toMatchObject({ code: 'AIWORK_CANCELLED' });
    expect((await counted(crew, 'stopped')).size).toBe(50);
    expect((await counted(crew, 'begun')).size).toBe(50);
    for (const n of [0, 69]) {
      expect(await desk.get(`${run.id}.all[${n}]`)).toMatchObject({ status: 'cancelled' });
    }
    const queue = desk.use('queue');
    await vi.waitUntil(async () => (await queue.depth(crew.queue, 'aiwork')).waiting === 0, patience);
    expect((await counted(crew, 'begun')).size).toBe(50);
  });

  it('counts the time of a call from when it was sent, and stops what takes longer', async () => {
    const crew = await newCrew();
    const desk = openFor(crew, { name: 'desk' });
    await startProcess(crew, 'stuck', 'worker');
    await (await desk.start(flowOf(crew), items(1))).result();
    const run = await desk.start(
      flowOf(crew, { timeout: 3000 }),
      items(1, () => ({ stuck: true })),
    );
    expect(await errorOf(run.result())).toMatchObject({ code: 'AIWORK_STEP_TIMEOUT' });
    expect(await counted(crew, 'stopped')).toEqual(onceEach(1));
    const nobody = await newCrew();
    const alone = openFor(nobody, { name: 'alone' });
    const waiting = await alone.start(flowOf(nobody, { timeout: 1000 }), items(1));
    expect(await errorOf(waiting.result())).toMatchObject({ code: 'AIWORK_STEP_TIMEOUT' });
  });

  it('keeps the priority of a call with its run, though Kafka hands out in order', async () => {
    const crew = await newCrew();
    const desk = openFor(crew, { name: 'desk' });
    await startProcess(crew, 'worker', 'worker');
    const run = await desk.start(flowOf(crew, { priority: 7 }), items(1));
    expect(await run.result()).toEqual([0]);
    expect(await desk.get(`${run.id}.all[0]`)).toMatchObject({ priority: 7 });
    expect(desk.use('queue').capabilities.priorities).toBe(false);
  });

  it('sends its calls again when Kafka lost them, once its process is started again', async () => {
    const crew = await newCrew();
    const first = open(crew, { name: 'first' });
    const { id } = await first.start(flowOf(crew), items(20));
    const queue = first.use('queue');
    await vi.waitUntil(async () => (await queue.depth(crew.queue, 'aiwork')).waiting === 20, patience);
    await first.close();
    const admin = await server.admin();
    await admin.deleteTopics({ topics: [`aiwork.${crew.queue}`] });
    await startProcess(crew, 'worker', 'worker');
    const second = openFor(crew, { name: 'second' });
    expect(await (await resumeWhenFree(second, id)).result()).toEqual(doubled(20));
    expect(sorted(await counted(crew, 'begun'))).toEqual(onceEach(20));
  });

  it('waits while workers do not know the task, and goes on when its dead letters are put back', async () => {
    const crew = await newCrew({ maxDeliveries: 2 });
    const stranger = openFor(crew, { name: 'stranger' });
    const worker = await stranger.worker({ queues: [crew.queue] });
    const desk = openFor(crew, { name: 'desk' });
    const run = await desk.start(flowOf(crew), items(3));
    const queue = desk.use('queue');
    const letters = async () => (await queue.deadLetters(crew.queue, 'aiwork')).items;
    await vi.waitUntil(async () => (await letters()).length === 3, patience);
    expect((await letters())[0]).toMatchObject({ error: { code: 'AIWORK_FLOW_NOT_REGISTERED' } });
    expect(await run.status()).toBe('running');
    await worker[Symbol.asyncDispose]();
    await startProcess(crew, 'worker', 'one that knows');
    expect(
      await queue.redrive(
        crew.queue,
        'aiwork',
        (await letters()).map(({ id }) => id),
      ),
    ).toBe(3);
    expect(await run.result()).toEqual(doubled(3));
  });
});
