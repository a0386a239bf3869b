import { AiworkError, createMemoryRunStore, type RunEventBody, type RunStore } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import type { Dimension } from './dimensions.ts';
import { type RunWindow, readJournals } from './read-journals.ts';
import { createRunReporter, type RunReport } from './run-report.ts';

const identity = { version: '1', graphHash: 'g', digests: {} };
const noon = Date.parse('2027-01-31T12:00:00Z');
const hour = 3_600_000;

interface Told {
  readonly id: string;
  readonly unit?: string;
  readonly tags?: readonly string[];
  readonly at?: number;
  /** What happened after the start, each so many milliseconds after it. */
  readonly events?: readonly (readonly [afterMs: number, event: RunEventBody])[];
}

/** Keeps a run as the engine would. */
async function keep(store: RunStore, { id, unit = 'review', tags = [], at = noon, events = [] }: Told) {
  const last = events.at(-1)?.[1];
  const status = last?.type === 'run.finished' ? last.status : 'running';
  const common = { unitId: unit, tags, version: '1', graphHash: 'g' };
  await store.createRun({ id, ...common, status: 'running', createdAt: at, updatedAt: at });
  const all = [[0, { type: 'run.started', ...identity, unitId: unit, tags }] as const, ...events];
  await store.append(id, {
    expectedSeq: 0,
    status,
    events: all.map(([afterMs, event], i) => ({ ...event, seq: i + 1, at: at + afterMs, runId: id })),
  });
}

const ended = (afterMs: number, status: 'succeeded' | 'failed' = 'succeeded') =>
  [afterMs, { type: 'run.finished', status }] as const;

async function reportOf(
  store: RunStore,
  by: Dimension = 'unit',
  window: Partial<RunWindow> = {},
): Promise<RunReport> {
  const reporter = createRunReporter(by);
  await readJournals(store, { since: 0, until: Number.MAX_SAFE_INTEGER, ...window }, reporter);
  return reporter.report();
}

const keysOf = ({ groups }: RunReport) =>
  groups.map(({ key, succeeded, failed }) => [key, succeeded, failed]);

describe('a report of kept runs', () => {
  it('counts how they ended, how long they took and what they used', async () => {
    const store = createMemoryRunStore();
    const used = {
      type: 'model.called',
      stepId: 'ask',
      model: 'large',
      inputTokens: 100,
      outputTokens: 20,
      cost: 0.5,
    };
    const error = { name: 'Error', message: 'no', retryable: true };
    await keep(store, {
      id: 'first',
      events: [
        [0, { type: 'step.started', stepId: 'ask', attempt: 1 }],
        [10, { type: 'step.retrying', stepId: 'ask', attempt: 1, error, delayMs: 1 }],
        [11, { type: 'step.started', stepId: 'ask', attempt: 2 }],
        [20, used as RunEventBody],
        [25, { type: 'tool.called', stepId: 'ask', tool: 'search', ok: false }],
        [30, { type: 'step.succeeded', stepId: 'ask', attempt: 2 }],
        ended(40),
      ],
    });
    await keep(store, { id: 'second', events: [ended(100, 'failed')] });
    await keep(store, { id: 'third' });
    const report = await reportOf(store);
    expect(report).toMatchObject({
      began: 3,
      unfinished: 1,
      total: {
        succeeded: 1,
        failed: 1,
        retries: 1,
        failureRate: 0.5,
        inputTokens: 100,
        outputTokens: 20,
        cost: 0.5,
      },
      models: { large: { calls: 1, inputTokens: 100, outputTokens: 20, cost: 0.5 } },
      tools: { search: { calls: 1, failures: 1 } },
      slowestSteps: [{ key: 'review/ask', succeeded: 1, retries: 1, durations: { p50Ms: 30 } }],
    });
    expect(report.total.durations).toMatchObject({ count: 2, minMs: 40, maxMs: 100 });
  });

  it('tells apart by unit, tag, hour and day', async () => {
    const store = createMemoryRunStore();
    await keep(store, { id: '1', unit: 'tea', tags: ['hot', 'kitchen'], events: [ended(1)] });
    await keep(store, {
      id: '2',
      unit: 'tea',
      tags: ['hot'],
      at: noon + 13 * hour,
      events: [ended(1, 'failed')],
    });
    await keep(store, { id: '3', unit: 'ice', at: noon + 13 * hour, events: [ended(1)] });
    expect(keysOf(await reportOf(store))).toEqual([
      ['tea', 1, 1],
      ['ice', 1, 0],
    ]);
    expect(keysOf(await reportOf(store, 'tag'))).toEqual([
      ['hot', 1, 1],
      ['(none)', 1, 0],
      ['kitchen', 1, 0],
    ]);
    expect(keysOf(await reportOf(store, 'day'))).toEqual([
      ['2027-01-31', 1, 0],
      ['2027-02-01', 1, 1],
    ]);
    expect(keysOf(await reportOf(store, 'hour'))).toEqual([
      ['2027-01-31T12:00Z', 1, 0],
      ['2027-02-01T01:00Z', 1, 1],
    ]);
  });

  it('reads only runs that began in the window, and all of them', async () => {
    const store = createMemoryRunStore();
    // More than two pages. One whose machine's clock is slow stands among them.
    for (let i = 0; i < 2500; i += 1) {
      await keep(store, { id: `${i}`, at: noon + (i === 2300 ? -hour : i), events: [ended(i)] });
    }
    expect((await reportOf(store, 'unit', { since: noon })).began).toBe(2499);
    expect((await reportOf(store, 'unit', { since: noon + 100, until: noon + 200 })).began).toBe(100);
    expect((await reportOf(store, 'unit', { until: noon })).began).toBe(1);
    expect((await reportOf(store, 'unit', { unit: 'tea' })).began).toBe(0);
  });

  it('goes on behind a page whose runs were deleted while it was read', async () => {
    const store = createMemoryRunStore();
    await keep(store, { id: 'kept', events: [ended(1)] });
    const emptied: RunStore = {
      ...store,
      list: async (query) => (query?.cursor ? store.list() : { items: [], cursor: 'next' }),
    };
    expect((await reportOf(emptied)).began).toBe(1);
  });

  it('leaves out a journal that is deleted meanwhile, and tells of one that cannot be read', async () => {
    const store = createMemoryRunStore();
    await keep(store, { id: 'kept', events: [ended(1)] });
    await keep(store, { id: 'gone', events: [ended(1)] });
    const failing = (error: Error): RunStore => ({
      ...store,
      list: (query) => store.list(query),
      events: (id) => (id === 'gone' ? rejecting(error) : store.events(id)),
    });
    const deleted = new AiworkError('AIWORK_RUN_NOT_FOUND', 'gone');
    expect((await reportOf(failing(deleted))).total.succeeded).toBe(1);
    await expect(reportOf(failing(new Error('the disk is full')))).rejects.toThrow('the disk is full');
  });

  it('puts what has too many names under one', async () => {
    const store = createMemoryRunStore();
    for (let i = 0; i < 600; i += 1)
      await keep(store, { id: `${i}`, tags: [`customer:${i}`], events: [ended(1)] });
    const { groups } = await reportOf(store, 'tag');
    expect(groups).toHaveLength(501);
    expect(groups[0]).toMatchObject({ key: '(others)', succeeded: 100 });
  });
});

async function* rejecting(error: Error): AsyncGenerator<never> {
  yield await Promise.reject(error);
}
