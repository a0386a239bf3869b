import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { add, calls } from '../agent/agent.fixture.ts';
import { systemClock } from '../engine/clock.ts';
import { defineAgent } from '../units/agent.ts';
import { defineFlow } from '../units/define-flow.ts';
import { defineTask } from '../units/task.ts';
import { scriptedChatModel } from './scripted-chat-model.ts';
import { testRun } from './test-run.ts';
import { virtualClock } from './virtual-clock.ts';

const fetchDoc = defineTask({
  id: 'fetch',
  input: z.object({ url: z.string() }),
  run: (): { text: string } => {
    throw new Error('there is no network');
  },
});

const flow = defineFlow({ id: 'read', input: z.object({ url: z.string() }) }, (f) => {
  const doc = f.call('doc', fetchDoc, { url: f.input.$.url });
  return f.step('shout', { needs: { doc }, run: ({ doc }) => doc.text.toUpperCase() });
});

const input = { url: 'https://example.test/' };

describe('testRun', () => {
  it('gives what a run gave, and what happened', async () => {
    const run = await testRun(flow, input, { mocks: { doc: { text: 'hi' } } });
    expect(run).toMatchObject({ status: 'succeeded', output: 'HI', unusedMocks: [] });
    expect(run.outputs).toEqual(
      new Map<string, unknown>([
        ['doc', { text: 'hi' }],
        ['shout', 'HI'],
      ]),
    );
    expect(run.events[0]).toMatchObject({ type: 'run.started', runId: run.runId });
    expect(run.events.at(-1)).toMatchObject({ type: 'run.finished' });
  });

  it('gives a failure as a result', async () => {
    const run = await testRun(flow, input);
    expect(run).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('no network') },
    });
    expect(run).not.toHaveProperty('output');
  });

  it('lets a mock see the input of the step, wait, and fail', async () => {
    const run = await testRun(flow, input, {
      mocks: { doc: async (given: unknown) => ({ text: JSON.stringify(given) }) },
    });
    expect(run.output).toBe('{"URL":"HTTPS://EXAMPLE.TEST/"}');
    expect((await testRun(flow, input, { mocks: { doc: new Error('mocked') } })).error).toMatchObject({
      message: expect.stringContaining('mocked'),
    });
    const thrown = () => {
      throw new Error('thrown');
    };
    expect((await testRun(flow, input, { mocks: { doc: thrown } })).status).toBe('failed');
  });

  it('keeps to the retries of a step, without waiting for them', async () => {
    const flaky = defineFlow({ id: 'flaky', input: z.object({}) }, (f) =>
      f.step('s', {
        retry: { maxAttempts: 3, minDelay: '1h', maxDelay: '5h', jitter: false },
        run: () => 'never',
      }),
    );
    let tries = 0;
    const clock = virtualClock({ auto: true });
    const before = clock.now();
    const s = () => {
      tries += 1;
      if (tries < 3) throw new Error('again');
      return 'third';
    };
    expect((await testRun(flaky, {}, { mocks: { s }, clock })).output).toBe('third');
    expect(clock.now() - before).toBe(3 * 3_600_000);
  });

  it('answers waits and passes items of maps and rounds', async () => {
    const double = defineTask({ id: 'double', input: z.number(), run: (n) => n * 2 });
    const waiting = defineFlow({ id: 'w', input: z.object({}) }, (f) => {
      const ok = f.waitFor('ok', { payload: z.object({ go: z.boolean() }) });
      const all = f.map('all', double, { needs: { ok }, over: () => [1, 2, 3] });
      return f.step('sum', { needs: { ok, all }, run: ({ ok, all }) => (ok.go ? all : []) });
    });
    const run = await testRun(waiting, {}, { mocks: { ok: { go: true }, 'all[1]': 0 } });
    expect(run.output).toEqual([2, 0, 6]);
  });

  it('mocks the tools of an agent, and gives it its model', async () => {
    const chatModel = scriptedChatModel([calls({ add: { a: 1, b: 2 } }), 'done']);
    const agent = defineAgent({ id: 'ask', instructions: '', tools: [add] });
    await testRun(agent, 'Hi', { chatModel, mocks: { 'ask/1.1-add': 42 } });
    expect(chatModel.requests[1]?.messages.at(-1)).toMatchObject({ content: '42' });
  });

  it('mocks steps of sub-flows by their own ids', async () => {
    const outer = defineFlow({ id: 'outer', input: z.object({ url: z.string() }) }, (f) =>
      f.call('inner', flow, { url: f.input.$.url }),
    );
    expect((await testRun(outer, input, { mocks: { doc: { text: 'deep' } } })).output).toBe('DEEP');
  });

  it('refuses a mock for a step there is not', async () => {
    await expect(testRun(flow, input, { mocks: { dok: 1 } })).rejects.toMatchObject({
      code: 'AIWORK_UNKNOWN_STEP',
      message: expect.stringMatching(/"dok".*doc, shout/),
    });
  });

  it('says which mocks were not used', async () => {
    const agent = defineAgent({
      id: 'ask',
      instructions: '',
      tools: [add],
      model: scriptedChatModel(['done']),
    });
    expect((await testRun(agent, 'Hi', { mocks: { 'ask/1.1-add': 42 } })).unusedMocks).toEqual([
      'ask/1.1-add',
    ]);
  });

  it('starts the run as it is told: id, tags, real time', async () => {
    const mocks = { doc: { text: '' } };
    const run = await testRun(flow, input, { runId: 'mine', tags: ['t'], clock: systemClock, mocks });
    expect(run.runId).toBe('mine');
    expect(run.events[0]).toMatchObject({ tags: ['t'] });
    expect(Math.abs((run.events[0]?.at ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('refuses an input that does not fit', async () => {
    await expect(testRun(flow, { url: 7 } as never)).rejects.toMatchObject({ code: 'AIWORK_INVALID_INPUT' });
  });
});
