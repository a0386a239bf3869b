import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { add, calls } from '../agent/agent.fixture.ts';
import { createOrchestrator } from '../orchestrator.ts';
import { scriptedChatModel } from '../testing/scripted-chat-model.ts';
import { testRun } from '../testing/test-run.ts';
import { virtualClock } from '../testing/virtual-clock.ts';
import { defineAgent } from '../units/agent.ts';
import { defineFlow } from '../units/define-flow.ts';
import { defineTask } from '../units/task.ts';
import { createRunMetrics } from './run-metrics.ts';

const work = defineTask({
  id: 'work',
  input: z.object({ fail: z.boolean() }),
  tags: ['own'],
  run: ({ fail }, ctx) => {
    ctx.log.info('at work', { fail });
    if (fail) throw new Error('no');
    return 'done';
  },
});

const nap = defineFlow({ id: 'nap', input: z.object({ until: z.number() }) }, (f) =>
  f.sleep('sleep', { needs: { input: f.input }, for: ({ input }) => new Date(input.until) }),
);

describe('run metrics', () => {
  it('count how runs and steps ended, by unit, step and tag', async () => {
    const metrics = createRunMetrics();
    const plugins = [metrics.plugin];
    await testRun(work, { fail: false }, { plugins, tags: ['night'] });
    await testRun(work, { fail: true }, { plugins });
    const { runs, steps, runsByUnit, runsByTag, stepsById, stepsByTag } = metrics.report();
    expect(runs).toMatchObject({ succeeded: 1, failed: 1, cancelled: 0 });
    expect(steps).toMatchObject({ succeeded: 1, failed: 1 });
    expect(runsByUnit['work']).toEqual(runs);
    expect(runsByTag['night']).toMatchObject({ succeeded: 1, failed: 0 });
    expect(runsByTag['own']).toMatchObject({ succeeded: 1, failed: 1 });
    expect(stepsById['work/work']).toEqual(steps);
    expect(stepsByTag['night']).toMatchObject({ succeeded: 1 });
  });

  it('say how long runs and steps took', async () => {
    const metrics = createRunMetrics();
    const hour = 3_600_000;
    for (let hours = 1; hours <= 100; hours += 1) {
      const clock = virtualClock({ startAt: 1e12, auto: true });
      await testRun(nap, { until: 1e12 + hours * hour }, { plugins: [metrics.plugin], clock });
    }
    const durations = {
      count: 100,
      totalMs: 5050 * hour,
      minMs: hour,
      maxMs: 100 * hour,
      p50Ms: 50 * hour,
      p95Ms: 95 * hour,
      p99Ms: 99 * hour,
    };
    expect(metrics.report().runs.durations).toEqual(durations);
    expect(metrics.report().stepsById['nap/sleep']?.durations).toEqual(durations);
  });

  it('count retries, and the wait for them as time', async () => {
    const metrics = createRunMetrics();
    let tries = 0;
    const flaky = defineTask({
      id: 'flaky',
      input: z.object({}),
      retry: { maxAttempts: 3, minDelay: 1000, backoff: 'fixed', jitter: false },
      run: () => {
        tries += 1;
        if (tries < 3) throw new Error('again');
      },
    });
    await testRun(flaky, {}, { plugins: [metrics.plugin] });
    expect(metrics.report().steps).toMatchObject({
      succeeded: 1,
      failed: 0,
      retries: 2,
      durations: { totalMs: 2000 },
    });
    expect(metrics.report().runs.retries).toBe(2);
  });

  it('count cancelled runs and their steps', async () => {
    const metrics = createRunMetrics();
    await using ai = createOrchestrator({ plugins: [metrics.plugin], clock: virtualClock() });
    const run = await ai.start(nap, { until: 1e13 });
    await run.cancel();
    expect(metrics.report().runs).toMatchObject({ cancelled: 1, succeeded: 0 });
  });

  it('know what models and tools were used for', async () => {
    const metrics = createRunMetrics();
    const usage = { inputTokens: 10, outputTokens: 2, cost: 0.25 };
    const model = scriptedChatModel([
      { ...calls({ add: { a: 1, b: 2 } }, { add: {} }), usage },
      { text: '3', usage },
    ]);
    const agent = defineAgent({ id: 'ask', instructions: '', model, tools: [add] });
    await testRun(agent, 'Hi', { plugins: [metrics.plugin] });
    const { models, tools, stepsById } = metrics.report();
    expect(models).toEqual({ scripted: { calls: 2, inputTokens: 20, outputTokens: 4, cost: 0.5 } });
    expect(tools).toEqual({ add: { calls: 2, failures: 1 } });
    expect(stepsById['ask/ask/add']).toMatchObject({ succeeded: 1, failed: 1 });
  });

  it('take the items of a map as one step', async () => {
    const metrics = createRunMetrics();
    const each = defineFlow({ id: 'each', input: z.object({}) }, (f) =>
      f.map('all', work, { needs: { input: f.input }, over: () => [{ fail: false }, { fail: false }] }),
    );
    await testRun(each, {}, { plugins: [metrics.plugin] });
    expect(Object.keys(metrics.report().stepsById).sort()).toEqual(['each/all', 'each/all[]']);
    expect(metrics.report().stepsById['each/all[]']).toMatchObject({ succeeded: 2 });
  });

  it('look at a tag, a unit, a run, and a span of time', async () => {
    const metrics = createRunMetrics();
    const clock = virtualClock({ startAt: 1e12, auto: true });
    const plugins = [metrics.plugin];
    await testRun(work, { fail: false }, { plugins, clock, tags: ['early'], runId: 'first' });
    await clock.advance(60_000);
    await testRun(work, { fail: false }, { plugins, clock, tags: ['late'], runId: 'second' });
    const count = (filter: Parameters<typeof metrics.report>[0]) => metrics.report(filter).runs.succeeded;
    expect(count({ tag: 'early' })).toBe(1);
    expect(count({ tag: 'own' })).toBe(2);
    expect(count({ unitId: 'other' })).toBe(0);
    expect(count({ runId: 'second' })).toBe(1);
    expect(count({ until: 1e12 })).toBe(1);
    expect(count({ since: new Date(1e12 + 1) })).toBe(1);
    expect(count({ since: 1e12 + 1, tag: 'early' })).toBe(0);
  });

  it('keep log lines', async () => {
    const metrics = createRunMetrics();
    const { runId } = await testRun(work, { fail: false }, { plugins: [metrics.plugin], tags: ['t'] });
    expect(metrics.logs()).toEqual([
      {
        at: expect.any(Number),
        runId,
        unitId: 'work',
        tags: expect.arrayContaining(['own', 't']),
        stepId: 'work',
        level: 'info',
        message: 'at work',
        data: { fail: false },
      },
    ]);
    expect(metrics.logs({ tag: 't', level: 'info' })).toHaveLength(1);
    expect(metrics.logs({ level: 'error' })).toHaveLength(0);
    expect(metrics.logs({ tag: 'other' })).toHaveLength(0);
  });

  it('keep the newest within their limits, and say that older ones are gone', async () => {
    const metrics = createRunMetrics({ maxSamples: 3, maxLogs: 1 });
    for (let i = 0; i < 5; i += 1) {
      await testRun(work, { fail: false }, { plugins: [metrics.plugin], runId: `run-${i}` });
    }
    expect(metrics.report().dropped).toBe(7);
    expect(metrics.report({ runId: 'run-4' }).runs.succeeded).toBe(1);
    expect(metrics.report({ runId: 'run-0' }).runs.succeeded).toBe(0);
    expect(metrics.logs().map(({ runId }) => runId)).toEqual(['run-4']);
    await testRun(work, { fail: false }, { plugins: [metrics.plugin], runId: 'run-5' });
    expect(metrics.logs().map(({ runId }) => runId)).toEqual(['run-5']);
  });

  it('know nothing before anything has happened', () => {
    expect(createRunMetrics().report()).toEqual({
      runs: { succeeded: 0, failed: 0, cancelled: 0, retries: 0 },
      steps: { succeeded: 0, failed: 0, cancelled: 0, retries: 0 },
      runsByUnit: {},
      runsByTag: {},
      stepsById: {},
      stepsByTag: {},
      models: {},
      tools: {},
      dropped: 0,
    });
  });

  it('are not led astray by names that objects have themselves', async () => {
    const metrics = createRunMetrics();
    await testRun(work, { fail: false }, { plugins: [metrics.plugin], tags: ['__proto__', 'constructor'] });
    const { runsByTag } = metrics.report();
    expect(Object.keys(runsByTag)).toEqual(expect.arrayContaining(['__proto__', 'constructor']));
    expect(Object.hasOwn(runsByTag, '__proto__')).toBe(true);
  });

  it('are written to a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aiwork-metrics-'));
    try {
      const metrics = createRunMetrics();
      await testRun(work, { fail: false }, { plugins: [metrics.plugin] });
      const file = join(folder, 'a', 'metrics.json');
      await metrics.write(file);
      expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(metrics)));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each([0, -1, 1.5, Number.NaN])('refuse %s as a limit', (limit) => {
    expect(() => createRunMetrics({ maxSamples: limit })).toThrow(
      expect.objectContaining({ code: 'AIWORK_INVALID_ARGUMENT' }),
    );
    expect(() => createRunMetrics({ maxLogs: limit })).toThrow('maxLogs');
  });
});
