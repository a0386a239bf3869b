import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ModelReply } from '../adapters/chat-model.ts';
import { scriptedChatModel } from '../testing/scripted-chat-model.ts';
import { testRun } from '../testing/test-run.ts';
import { createToolRegistry } from '../tools/tool-registry.ts';
import { defineTask } from '../units/task.ts';
import { defineTool } from '../units/tool.ts';
import { recorder } from './telemetry.fixture.ts';

const messages = [{ role: 'user', content: 'Hi' }] as const;
const usage = { inputTokens: 5, outputTokens: 7, cost: 0.25 };

function asking(model = scriptedChatModel([{ text: 'Hello', usage }]), policy: object = {}) {
  return defineTask({
    id: 'ask',
    input: z.unknown(),
    ...policy,
    run: (_, ctx) => ctx.once('ask', async () => (await ctx.generate(model, { messages })).text),
  });
}

describe('ctx.generate', () => {
  it('gives the reply, and journals what it used', async () => {
    const { output, events } = await testRun(asking(), {});
    expect(output).toBe('Hello');
    expect(events.filter(({ type }) => type === 'model.called')).toMatchObject([
      { stepId: 'ask', model: 'scripted', ...usage },
    ]);
  });

  it('counts against the budget of the step, and asks nothing once it is used up', async () => {
    const model = scriptedChatModel([{ text: 'Hello', usage }, 'Never said']);
    const replies: ModelReply[] = [];
    const task = defineTask({
      id: 'ask',
      input: z.unknown(),
      budget: { modelCalls: 1 },
      run: async (_, ctx) => {
        replies.push(await ctx.generate(model, { messages }));
        await ctx.generate(model, { messages });
      },
    });
    const { error } = await testRun(task, {});
    expect(error).toMatchObject({ code: 'AIWORK_BUDGET_EXCEEDED' });
    expect([replies.length, model.remaining]).toEqual([1, 1]);
  });

  it('is a part of the attempt in a trace, of no agent', async () => {
    const { plugin, parents, ofName } = recorder();
    await testRun(asking(), {}, { plugins: [plugin] });
    expect(parents()).toMatchObject({ 'model scripted': 'attempt ask 1' });
    expect(ofName('model scripted')?.work).not.toHaveProperty('agent');
  });

  it('counts a call that failed, and one that was not needed any more', async () => {
    const broken = { text: 'Hel', usage, error: new Error('gone') };
    const model = scriptedChatModel([broken, { text: 'Hello', usage }]);
    const task = defineTask({
      id: 'ask',
      input: z.unknown(),
      run: async (_, ctx) => {
        await ctx.generate(model, { messages }).catch(() => {});
        const enough = new AbortController();
        const onChunk = () => enough.abort(new Error('enough'));
        const cut = ctx.generate(model, { messages }, { onChunk, signal: enough.signal });
        return (await cut.catch((error: unknown) => error)) instanceof Error;
      },
    });
    const { output, events } = await testRun(task, {});
    expect(output).toBe(true);
    expect(events.filter(({ type }) => type === 'model.called')).toHaveLength(2);
  });

  it('asks, and counts nothing, outside of a run', async () => {
    const model = scriptedChatModel(['Hello']);
    const greet = defineTool({
      name: 'greet',
      description: 'Greets',
      input: z.object({}),
      run: async (_, ctx) => (await ctx.generate(model, { messages })).text,
    });
    const registry = createToolRegistry();
    registry.register(greet);
    expect(await registry.call('greet', {})).toEqual({ ok: true, value: 'Hello' });
  });
});
