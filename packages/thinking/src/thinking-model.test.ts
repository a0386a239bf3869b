import { createOrchestrator, defineAgent, defineTool, generate } from '@aiwork/core';
import { scriptedChatModel } from '@aiwork/core/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { answers, modelOf } from './model.fixture.ts';
import { selfConsistency } from './strategies/self-consistency.ts';
import { thinkingModel } from './thinking-model.ts';

const strategy = selfConsistency({ samples: 3, confidence: 1 });
const usage = { inputTokens: 10, outputTokens: 5, cost: 0.5 };

const look = defineTool({ name: 'look', description: 'Looks.', input: z.object({}), run: () => 'four' });

describe('a model that thinks', () => {
  it('answers with what the strategy kept, and says what all calls used', async () => {
    const model = scriptedChatModel(['a', 'b', 'a'].map((text) => ({ text, usage })));
    const reply = await generate(thinkingModel({ model, strategy }), {
      messages: [{ role: 'user', content: '?' }],
    });
    expect(reply).toEqual({
      text: 'a',
      toolCalls: [],
      reason: 'stop',
      usage: { inputTokens: 30, outputTokens: 15, cost: 1.5 },
    });
  });

  it('asks as it is asked', async () => {
    const model = answers(['4']);
    const request = {
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: '2 + 2?' },
      ],
      temperature: 0.1,
      maxTokens: 9,
      schema: { type: 'string' },
    } as const;
    await generate(thinkingModel({ model, strategy }), request);
    expect(model.requests[0]).toEqual(request);
  });

  it('takes JSON of equal values for equal', async () => {
    const model = scriptedChatModel(['{"a":1,"b":2}', '{"b":3}', '{"b": 2, "a": 1}']);
    const { text } = await generate(thinkingModel({ model, strategy }), {
      messages: [{ role: 'user', content: '?' }],
    });
    expect(text).toBe('{"a":1,"b":2}');
  });

  it('makes each tool call of an agent once, and thinks when it answers', async () => {
    const model = scriptedChatModel([{ toolCalls: [{ name: 'look' }] }, 'five', 'four', 'four']);
    const agent = defineAgent({
      id: 'clerk',
      instructions: 'Look.',
      model: thinkingModel({ model, strategy }),
      tools: [look],
    });
    await using ai = createOrchestrator();
    const run = await ai.start(agent, 'How many?');
    const called: string[] = [];
    for await (const event of run) if (event.type === 'tool.called') called.push(event.tool);
    expect(await run.result()).toBe('four');
    expect(called).toEqual(['look']);
    // The answer that there was is one of three; the others know the tools that the conversation speaks of.
    expect(model.requests).toHaveLength(4);
    expect(model.requests.map(({ tools = [] }) => tools.length)).toEqual([1, 1, 1, 1]);
  });

  it('counts against the budget of the run', async () => {
    const model = scriptedChatModel(Array(9).fill({ text: 'a', usage }));
    const agent = defineAgent({
      id: 'clerk',
      instructions: '',
      model: thinkingModel({ model, strategy }),
      budget: { tokens: 20 },
    });
    await using ai = createOrchestrator();
    const run = await ai.start(agent, '?');
    await expect(run.result()).rejects.toMatchObject({ code: 'AIWORK_BUDGET_EXCEEDED' });
  });

  it('stops all its calls with the run', async () => {
    const asked = Promise.withResolvers<void>();
    let calls = 0;
    const model = modelOf(() => {
      calls += 1;
      if (calls === 3) asked.resolve();
      return new Promise(() => {});
    });
    const controller = new AbortController();
    const reply = generate(
      thinkingModel({ model, strategy }),
      { messages: [{ role: 'user', content: '?' }] },
      { signal: controller.signal },
    );
    reply.catch(() => {});
    await asked.promise;
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(reply).rejects.toBe(reason);
  });
});
