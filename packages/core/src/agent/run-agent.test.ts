import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Message } from '../adapters/chat-model.ts';
import { scriptedChatModel } from '../testing/scripted-chat-model.ts';
import { testRun } from '../testing/test-run.ts';
import { createToolRegistry } from '../tools/tool-registry.ts';
import { defineAgent } from '../units/agent.ts';
import { defineTool } from '../units/tool.ts';
import { add, calls } from './agent.fixture.ts';

const base = { id: 'ask', instructions: 'Answer.' };

describe('an agent', () => {
  it('answers with the text of the model', async () => {
    const model = scriptedChatModel(['Noon.']);
    const { output } = await testRun(defineAgent({ ...base, model }), 'What time is it?');
    expect(output).toBe('Noon.');
    expect(model.requests).toEqual([
      {
        messages: [
          { role: 'system', content: 'Answer.' },
          { role: 'user', content: 'What time is it?' },
        ],
      },
    ]);
  });

  it('takes up a conversation that was begun', async () => {
    const model = scriptedChatModel(['Ada.']);
    const conversation: Message[] = [
      { role: 'user', content: 'I am Ada.' },
      { role: 'assistant', content: 'Hello.' },
      { role: 'user', content: 'Who am I?', images: [{ mediaType: 'image/png', base64: 'AAAA' }] },
    ];
    await testRun(defineAgent({ ...base, model }), conversation);
    expect(model.requests[0]?.messages.slice(1)).toEqual(conversation);
  });

  it.each([
    ['a number', 7],
    ['no messages', []],
    ['a message of an unknown role', [{ role: 'robot', content: 'beep' }]],
    ['a message without text', [{ role: 'user' }]],
    ['null in place of a message', [null]],
    ['an image without bytes', [{ role: 'user', content: 'Look', images: [{ mediaType: 'image/png' }] }]],
    ['an image that is not in a list', [{ role: 'user', content: 'Look', images: { url: 'https://a.b/c' } }]],
  ])('refuses %s as input', async (_, input) => {
    const { error } = await testRun(defineAgent({ ...base, model: scriptedChatModel([]) }), input as never);
    expect(error).toMatchObject({ code: 'AIWORK_INVALID_INPUT', message: expect.stringContaining('"ask"') });
  });

  it('asks the default model of its plugins, or the one it names', async () => {
    const chatModel = scriptedChatModel(['from the plugin']);
    expect((await testRun(defineAgent(base), 'Hi', { chatModel })).output).toBe('from the plugin');
    const { error } = await testRun(defineAgent({ ...base, model: 'big' }), 'Hi', { chatModel });
    expect(error).toMatchObject({ code: 'AIWORK_SLOT_EMPTY' });
  });

  it('makes its instructions when it starts', async () => {
    const model = scriptedChatModel(['Hi.']);
    const agent = defineAgent({ id: 'ask', instructions: async (ctx) => `This is run ${ctx.runId}.`, model });
    const { runId } = await testRun(agent, 'Hi');
    expect(model.requests[0]?.messages[0]).toEqual({ role: 'system', content: `This is run ${runId}.` });
  });

  it('passes temperature, length limit and schema on to the model', async () => {
    const model = scriptedChatModel(['{"risk":1}']);
    const output = z.object({ risk: z.number() });
    const agent = defineAgent({ ...base, model, temperature: 0.2, maxTokens: 99, output });
    expect((await testRun(agent, 'Hi')).output).toEqual({ risk: 1 });
    expect(model.requests[0]).toMatchObject({
      temperature: 0.2,
      maxTokens: 99,
      schema: { type: 'object', required: ['risk'] },
    });
  });

  it('shows the text of the model while it comes', async () => {
    const model = scriptedChatModel(['abcdef'], { chunkLength: 2 });
    const { events } = await testRun(defineAgent({ ...base, model }), 'Hi');
    const deltas = events.filter((event) => event.type === 'model.delta');
    expect(deltas.map(({ text }) => text)).toEqual(['ab', 'cd', 'ef']);
  });

  it('counts each model call once, with what it used', async () => {
    const usage = { inputTokens: 5, outputTokens: 7, cost: 0.25 };
    const model = scriptedChatModel([
      { ...calls({ add: { a: 1, b: 2 } }), usage },
      { text: '3', usage },
    ]);
    const { events } = await testRun(defineAgent({ ...base, model, tools: [add] }), '1 + 2?');
    const called = events.filter((event) => event.type === 'model.called');
    expect(called).toMatchObject([usage, usage]);
    expect(called[0]).toMatchObject({ model: 'scripted', stepId: 'ask' });
  });

  it('says so when a model does not tell what it used', async () => {
    const model = scriptedChatModel([{ text: 'Hi', usage: false }]);
    const { events } = await testRun(defineAgent({ ...base, model }), 'Hi');
    expect(events).toContainEqual(expect.objectContaining({ type: 'model.called', inputTokens: 0 }));
    expect(events).toContainEqual(expect.objectContaining({ type: 'log', level: 'warn' }));
  });

  it('also counts a call that failed', async () => {
    const broken = { text: 'Hel', usage: { inputTokens: 4, outputTokens: 1 }, error: new Error('gone') };
    const { error, events } = await testRun(
      defineAgent({ ...base, model: scriptedChatModel([broken]) }),
      'Hi',
    );
    expect(error).toMatchObject({ message: expect.stringContaining('gone') });
    expect(events).toContainEqual(expect.objectContaining({ type: 'model.called', inputTokens: 4 }));
  });

  it('asks again when its retry policy says so, and keeps the turns it had', async () => {
    const model = scriptedChatModel([calls({ add: { a: 1, b: 2 } }), new Error('busy'), 'It is 3.']);
    const agent = defineAgent({ ...base, model, tools: [add], retry: { maxAttempts: 2 } });
    const { output, events } = await testRun(agent, '1 + 2?');
    expect(output).toBe('It is 3.');
    expect(model.requests).toHaveLength(3);
    expect(events.filter((event) => event.type === 'tool.called')).toHaveLength(1);
  });

  it.each(['length', 'content-filter'] as const)(
    'fails on a reply that is not whole (%s)',
    async (reason) => {
      const model = scriptedChatModel([{ text: 'The answer is', reason }]);
      const { error } = await testRun(defineAgent({ ...base, model, maxTokens: 3 }), 'Hi');
      expect(error).toMatchObject({ code: 'AIWORK_MODEL_INCOMPLETE' });
    },
  );

  it('stops at maxTurns', async () => {
    const model = scriptedChatModel(Array.from({ length: 5 }, () => calls({ add: { a: 1, b: 1 } })));
    const { error } = await testRun(defineAgent({ ...base, model, tools: [add], maxTurns: 3 }), 'Hi');
    expect(error).toMatchObject({
      code: 'AIWORK_TURN_LIMIT',
      message: expect.stringContaining('"ask" made 3'),
    });
    expect(model.requests).toHaveLength(3);
  });

  it('stops after 16 turns when nobody says otherwise', async () => {
    const model = scriptedChatModel(Array.from({ length: 20 }, () => calls({ add: { a: 1, b: 1 } })));
    await testRun(defineAgent({ ...base, model, tools: [add] }), 'Hi');
    expect(model.requests).toHaveLength(16);
  });

  it('stops when its budget is used up, the call that did it included in the count', async () => {
    const model = scriptedChatModel([calls({ add: { a: 1, b: 1 } }), 'never']);
    const agent = defineAgent({ ...base, model, tools: [add], budget: { modelCalls: 1 } });
    const { error, events } = await testRun(agent, 'Hi');
    expect(error).toMatchObject({ code: 'AIWORK_BUDGET_EXCEEDED' });
    expect(model.requests).toHaveLength(1);
    expect(events.filter((event) => event.type === 'model.called')).toHaveLength(1);
  });

  it('sees tools that are registered while it works', async () => {
    const registry = createToolRegistry();
    const learn = defineTool({
      name: 'learn',
      description: 'Learns to add.',
      input: z.object({}),
      run: () => {
        registry.register(add);
      },
    });
    registry.register(learn, { agent: 'ask' });
    const model = scriptedChatModel([calls({ learn: {} }), calls({ add: { a: 1, b: 2 } }), 'It is 3.']);
    await testRun(defineAgent({ ...base, model, tools: registry.forAgent('ask') }), '1 + 2?');
    const offered = model.requests.map(({ tools = [] }) => tools.map(({ name }) => name).sort());
    expect(offered).toEqual([['learn'], ['add', 'learn'], ['add', 'learn']]);
    expect(model.requests[2]?.messages.at(-1)).toMatchObject({ role: 'tool', content: '3' });
  });
});
