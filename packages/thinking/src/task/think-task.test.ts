import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryRunStore, createOrchestrator, defineFlow, definePlugin, toRunError } from '@aiwork/core';
import { ownerTag } from '@aiwork/core/adapter-kit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { answers, modelOf } from '../model.fixture.ts';
import { thinkingSessions } from '../store/thinking-sessions.ts';
import { bestOf } from '../strategies/best-of.ts';
import { selfConsistency } from '../strategies/self-consistency.ts';
import { thinkTask } from './think-task.ts';

const thought = {
  answer: '4',
  text: 'Answer: 4',
  strategy: 'sampling',
  model: 'm',
  stopped: 'finished',
  rounds: 1,
  usage: { inputTokens: 1, outputTokens: 2, cost: 0, modelCalls: 1 },
  events: [],
} as const;

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

  it('keeps to an amount of money where the price of the model is known', async () => {
    const price = { inputToken: 0, outputToken: 0.001 };
    const usage = { inputTokens: 10, outputTokens: 100, cost: 0.1 };
    const model = modelOf((_, call) => ({ text: `Answer: ${call}`, usage }));
    const task = thinkTask({ model: { ...model, price }, maxTokens: 200, budget: { cost: 1 } });
    await using ai = createOrchestrator();
    const ask = async (cost: number) =>
      (await ai.start(task, { question: '?', strategy: 'self-consistency', budget: { cost } })).result();
    // A call sets 0.2 aside, and takes 0.1: a fourth might be too much.
    expect(await ask(0.45)).toMatchObject({ stopped: 'budget', usage: { modelCalls: 3 } });
    await expect(ask(0.1)).rejects.toMatchObject({ code: 'AIWORK_BUDGET_EXCEEDED' });
    const unknown = await ai.start(thinkTask({ model }), { question: '?', budget: { cost: 1 } });
    await expect(unknown.result()).rejects.toThrow('give the model its price');
  });

  it.each([
    ['question', {}],
    ['question', { question: ' ' }],
    ['strategy', { question: '?', strategy: 'guess' }],
    ['session', { question: '?', session: 'a\nb' }],
    ['budget.tokens', { question: '?', budget: { tokens: 0 } }],
    ['budget.cost', { question: '?', budget: { cost: 0 } }],
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

  describe('in a session', () => {
    async function opened() {
      const folder = await mkdtemp(join(tmpdir(), 'aiwork-'));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      return thinkingSessions({ path: join(folder, 'thinking.db') });
    }

    it('goes on with what was said in it, and keeps what it comes to', async () => {
      const model = answers(['4', '4', '8', '8']);
      const task = thinkTask({ model });
      await using ai = createOrchestrator({ plugins: [await opened()] });
      await (await ai.start(task, { question: '2 + 2?\nThink!', session: 'sums' })).result();
      const run = await ai.start(task, { question: 'And twice that?', session: 'sums' });
      expect(await run.result()).toMatchObject({ id: '1.1', answer: '8' });
      expect(
        model.requests
          .at(-1)
          ?.messages.map(({ content }) => content)
          .slice(1),
      ).toEqual(['2 + 2?\nThink!', 'Answer: 4', 'And twice that?']);
      const store = ai.use('thinkingStore');
      expect(await store.session('sums')).toMatchObject({ title: '2 + 2? Think!' });
      const { items } = await store.thoughts('sums');
      expect(items.map(({ question, answer }) => [question, answer])).toEqual([
        ['2 + 2?\nThink!', '4'],
        ['And twice that?', '8'],
      ]);
      expect(items[1]?.events.at(-1)?.type).toBe('thinking.finished');
    });

    it('has sessions for each who starts runs', async () => {
      const task = thinkTask({ model: answers(['4']) });
      await using ai = createOrchestrator({ plugins: [await opened()] });
      for (const tags of [[ownerTag('ada')], [ownerTag('bob')], []]) {
        await (await ai.start(task, { question: `${tags}?`, session: 's' }, { tags })).result();
      }
      const store = ai.use('thinkingStore');
      const asked = [store.of('ada'), store.of('bob'), store].map(async (sessions) =>
        (await sessions.thoughts('s')).items.map(({ question }) => question),
      );
      expect(await Promise.all(asked)).toEqual([[`${ownerTag('ada')}?`], [`${ownerTag('bob')}?`], ['?']]);
    });

    it('has those of whoever started the run that its run is a part of', async () => {
      const task = thinkTask({ model: answers(['4']) });
      const input = z.object({ question: z.string(), session: z.string() });
      const inner = defineFlow({ id: 'inner', input }, (f) => f.call('think', task, f.input.$));
      const outer = defineFlow({ id: 'outer', input }, (f) => f.call('inner', inner, f.input.$));
      await using ai = createOrchestrator({ plugins: [await opened()], units: [outer] });
      const asked = { question: '2 + 2?', session: 's' };
      await (await ai.start(outer, asked, { tags: [ownerTag('ada')] })).result();
      const store = ai.use('thinkingStore');
      expect((await store.sessions()).items).toEqual([]);
      expect((await store.of('ada').thoughts('s')).items).toHaveLength(1);
    });

    it('keeps a thought once, though the run was resumed, and asks with what was said when it began', async () => {
      const store = createMemoryRunStore();
      const shared = definePlugin({
        name: 'shared',
        setup: (host) => host.provide('runStore', { ...store, close: async () => {} }, { default: true }),
      });
      const asked = Promise.withResolvers<void>();
      const model = modelOf((_, call) => {
        if (call !== 2) return 'Answer: 4';
        asked.resolve();
        return new Promise(() => {});
      });
      const task = thinkTask({ model, strategies: [selfConsistency({ samples: 2, confidence: 1 })] });
      const sessions = await opened();
      const first = createOrchestrator({ plugins: [shared(), sessions], units: [task] });
      const run = await first.start(task, { question: 'first?', session: 's' });
      run.result().catch(() => {});
      await asked.promise;
      const said = { ...thought, question: 'meanwhile?' };
      await first.use('thinkingStore').add('s', said);
      for await (const { type } of run) if (type === 'effect.recorded') break;
      await first.close();
      await using second = createOrchestrator({ plugins: [shared(), sessions], units: [task] });
      await (await second.resume(run.id)).result();
      const kept = await second.use('thinkingStore').thoughts('s');
      expect(kept.items.map(({ question }) => question)).toEqual(['meanwhile?', 'first?']);
      expect(
        model.requests
          .at(-1)
          ?.messages.map(({ content }) => content)
          .slice(1),
      ).toEqual(['first?']);
    });

    it('says that nothing keeps sessions', async () => {
      await using ai = createOrchestrator();
      const run = await ai.start(thinkTask({ model: answers(['4']) }), { question: '?', session: 's' });
      await expect(run.result()).rejects.toMatchObject({ code: 'AIWORK_SLOT_EMPTY' });
    });
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
