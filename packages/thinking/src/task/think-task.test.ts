import { createMemoryRunStore, createOrchestrator, definePlugin, toRunError } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { answers, modelOf } from '../model.fixture.ts';
import { bestOf } from '../strategies/best-of.ts';
import { selfConsistency } from '../strategies/self-consistency.ts';
import { thinkTask } from './think-task.ts';

describe('a task that thinks', () => {
  it('shows its events as those of the run', async () => {
    await using ai = createOrchestrator();
    const run = await ai.start(thinkTask({ model: answers(['4']) }), { question: '2 + 2?' });
    const emitted: unknown[] = [];
    for await (const event of run) if (event.type === 'emitted') emitted.push([event.name, event.data]);
    expect(emitted.at(0)).toEqual([
      'thinking',
      { type: 'thinking.started', question: '2 + 2?', strategy: 'judged-vote', model: 'scripted' },
    ]);
    expect(emitted.at(-1)).toMatchObject(['thinking', { type: 'thinking.finished', answer: '4' }]);
    expect(await run.result()).toMatchObject({ answer: '4', stopped: 'converged' });
  });

  it('tells what each call used, whether or not it came through, and keeps to the budget of the run', async () => {
    const usage = { inputTokens: 10, outputTokens: 5, cost: 0.5 };
    const model = modelOf((_, call) =>
      call === 2 ? { text: 'Ans', usage, error: new Error('cut') } : { text: 'Answer: 4', usage },
    );
    const task = thinkTask({ model, strategies: [selfConsistency({ samples: 3, confidence: 1 })] });
    await using ai = createOrchestrator();
    const run = await ai.start(task, { question: '2 + 2?' });
    const called: unknown[] = [];
    for await (const event of run) if (event.type === 'model.called') called.push(event);
    expect(called).toMatchObject(Array(3).fill({ stepId: 'think', model: 'scripted', ...usage }));
    expect((await run.result()).usage).toMatchObject({ cost: 1.5, modelCalls: 3 });
    const short = await ai.start(task, { question: '2 + 2?' }, { budget: { cost: 0.7 } });
    await expect(short.result()).rejects.toMatchObject({ code: 'AIWORK_BUDGET_EXCEEDED' });
  });

  it('takes the model of a plugin', async () => {
    const models = definePlugin({
      name: 'models',
      setup: (host) => host.provide('chatModel', answers(['4']), { name: 'mine' }),
    });
    await using ai = createOrchestrator({ plugins: [models()] });
    const run = await ai.start(thinkTask({ model: 'mine' }), { question: '2 + 2?' });
    expect((await run.result()).answer).toBe('4');
  });

  it('thinks as it is asked to, within what it may use', async () => {
    const model = answers(['1', '2', '3', '4', '5', '6', '7', '8']);
    const task = thinkTask({ model, budget: { modelCalls: 3 } });
    await using ai = createOrchestrator();
    const ask = async (modelCalls: number) =>
      (
        await ai.start(task, { question: '?', strategy: 'self-consistency', budget: { modelCalls } })
      ).result();
    expect((await ask(2)).usage.modelCalls).toBe(2);
    expect((await ask(99)).usage.modelCalls).toBe(3);
  });

  it.each([
    ['question', {}],
    ['question', { question: ' ' }],
    ['strategy', { question: '?', strategy: 'guess' }],
    ['budget.tokens', { question: '?', budget: { tokens: 0 } }],
    ['budget.wallTime', { question: '?', budget: { wallTime: 'soon' } }],
    ['budget.money', { question: '?', budget: { money: 1 } }],
    ['budget', { question: '?', budget: 7 }],
    ['mood', { question: '?', mood: 'good' }],
  ])('refuses a wrong %s', async (field, input) => {
    await using ai = createOrchestrator();
    const failed = ai.start(thinkTask({ model: answers(['4']) }), input as never).then((run) => run.result());
    await expect(failed).rejects.toMatchObject({
      code: 'AIWORK_INVALID_INPUT',
      message: expect.stringContaining(field),
    });
  });

  it('goes on where it was when its process dies, and pays for no call twice', async () => {
    const store = createMemoryRunStore();
    const shared = definePlugin({
      name: 'shared',
      setup: (host) => host.provide('runStore', { ...store, close: async () => {} }, { default: true }),
    });
    let calls = 0;
    const model = modelOf(() => {
      calls += 1;
      if (calls === 4) return new Promise(() => {});
      return `Answer: ${calls}`;
    });
    const task = thinkTask({ model, strategies: [selfConsistency({ samples: 4, confidence: 1 })] });
    const first = createOrchestrator({ plugins: [shared()], units: [task], leaseTtl: '1s' });
    const run = await first.start(task, { question: '?' });
    let recorded = 0;
    for await (const event of run) {
      if (event.type === 'effect.recorded') recorded += 1;
      if (recorded === 3) break;
    }
    run.result().catch(() => {});
    await first.close();
    await using second = createOrchestrator({ plugins: [shared()], units: [task] });
    const resumed = await second.resume(run.id);
    expect(await resumed.result()).toMatchObject({ usage: { modelCalls: 4 } });
    expect(calls).toBe(5);
  });

  it('is cancelled with its run', async () => {
    const asked = Promise.withResolvers<void>();
    const model = modelOf(() => {
      asked.resolve();
      return new Promise(() => {});
    });
    await using ai = createOrchestrator();
    const run = await ai.start(thinkTask({ model }), { question: '?' });
    await asked.promise;
    await run.cancel('enough');
    const error = await run.result().catch(toRunError);
    expect(error).toMatchObject({ code: 'AIWORK_CANCELLED' });
  });

  it.each([[[]], [[bestOf(), bestOf()]]])('is not made of the strategies %j', (strategies) => {
    expect(() => thinkTask({ strategies })).toThrow(
      expect.objectContaining({ code: 'AIWORK_INVALID_ARGUMENT' }),
    );
  });
});
