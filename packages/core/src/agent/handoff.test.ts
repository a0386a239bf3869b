import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { scriptedChatModel } from '../testing/scripted-chat-model.ts';
import { testRun } from '../testing/test-run.ts';
import { type AnyAgent, defineAgent } from '../units/agent.ts';
import { defineTool } from '../units/tool.ts';
import { add, calls, guardrail, memoryOf } from './agent.fixture.ts';

const toBilling = calls({ hand_off_to_billing: { reason: 'money' } });

describe('a hand-off', () => {
  it('is offered to the model as a tool, and lets the other agent go on with the conversation', async () => {
    const model = scriptedChatModel([toBilling, 'You owe 3 €.']);
    const billing = defineAgent({
      id: 'billing',
      instructions: 'Bill.',
      model,
      tools: [add],
      description: 'Knows prices.',
    });
    const desk = defineAgent({ id: 'desk', instructions: 'Welcome.', model, handoffs: [billing] });
    expect((await testRun(desk, 'What do I owe?')).output).toBe('You owe 3 €.');
    expect(model.requests[0]?.tools).toMatchObject([
      { name: 'hand_off_to_billing', description: expect.stringContaining('Knows prices.') },
    ]);
    expect(model.requests[1]).toMatchObject({
      messages: [
        { role: 'system', content: 'Bill.' },
        { role: 'user', content: 'What do I owe?' },
        { role: 'assistant', toolCalls: [{ name: 'hand_off_to_billing' }] },
        { role: 'tool', content: expect.stringContaining('"billing"') },
      ],
      tools: [{ name: 'add' }],
    });
  });

  it('answers with the model, schema and memory of the other agent', async () => {
    const { plugin, queries } = memoryOf([{ id: 'p', text: 'Prices.', score: 1 }]);
    const other = scriptedChatModel(['{"euros":3}']);
    const output = z.object({ euros: z.number() });
    const billing = defineAgent({ id: 'billing', instructions: '', model: other, output, memory: {} });
    const desk = defineAgent({
      id: 'desk',
      instructions: '',
      model: scriptedChatModel([toBilling]),
      output,
      handoffs: [billing],
    });
    expect((await testRun(desk, 'Owe?', { plugins: [plugin] })).output).toEqual({ euros: 3 });
    expect(queries).toEqual([{ text: 'Owe?', topK: 5 }]);
    expect(other.requests[0]?.messages[0]).toMatchObject({ content: expect.stringContaining('Prices.') });
  });

  it('reminds the other agent of what the user said, not of what was said about an answer', async () => {
    const { plugin, queries } = memoryOf([{ id: 'p', text: 'Prices.', score: 1 }]);
    const output = z.object({ euros: z.number() });
    const model = scriptedChatModel(['no JSON', toBilling, '{"euros":3}']);
    const billing = defineAgent({ id: 'billing', instructions: '', model, output, memory: {} });
    const desk = defineAgent({ id: 'desk', instructions: '', model, output, handoffs: [billing] });
    await testRun(desk, 'Owe?', { plugins: [plugin] });
    expect(queries).toEqual([{ text: 'Owe?', topK: 5 }]);
    expect(model.requests[2]?.messages.slice(0, 2)).toMatchObject([
      { content: expect.stringContaining('Prices.') },
      { content: 'Owe?' },
    ]);
  });

  it('happens after the other calls of the turn, and once', async () => {
    const model = scriptedChatModel([
      calls({ hand_off_to_b: {} }, { add: { a: 1, b: 2 } }, { hand_off_to_c: {} }),
      'from b',
    ]);
    const b = defineAgent({ id: 'b', instructions: 'I am b.', model });
    const c = defineAgent({ id: 'c', instructions: 'I am c.', model });
    const a = defineAgent({ id: 'a', instructions: '', model, tools: [add], handoffs: [b, c] });
    await testRun(a, 'Go');
    expect(model.requests[1]?.messages.filter(({ role }) => role === 'tool')).toMatchObject([
      { toolCallId: 'call-1.1', content: 'The conversation is with "b" now.' },
      { toolCallId: 'call-1.2', content: '3' },
      { toolCallId: 'call-1.3', isError: true },
    ]);
    expect(model.requests[1]?.messages[0]?.content).toBe('I am b.');
  });

  it('never loosens a check', async () => {
    const model = scriptedChatModel([toBilling, 'a secret']);
    const hide = guardrail('output', (text) => ({ action: 'redact', text: text.replace('secret', '[…]') }));
    const shout = guardrail('output', (text) => ({ action: 'redact', text: text.toUpperCase() }));
    const billing = defineAgent({ id: 'billing', instructions: '', model, guardrails: [shout] });
    const desk = defineAgent({
      id: 'desk',
      instructions: '',
      model,
      guardrails: [hide],
      handoffs: [billing],
    });
    expect((await testRun(desk, 'Hi')).output).toBe('A SECRET');
    const lenient = defineAgent({ id: 'billing', instructions: '', model: scriptedChatModel(['a secret']) });
    const strict = defineAgent({
      id: 'desk',
      instructions: '',
      model: scriptedChatModel([toBilling]),
      guardrails: [hide],
      handoffs: [lenient],
    });
    expect((await testRun(strict, 'Hi')).output).toBe('a […]');
  });

  it('shows the other agent only what its own input guardrails let through', async () => {
    const hide = guardrail('input', (text) => ({ action: 'redact', text: text.replace('secret', '[…]') }));
    const other = scriptedChatModel(['ok']);
    const billing = defineAgent({ id: 'billing', instructions: '', model: other, guardrails: [hide] });
    const desk = defineAgent({
      id: 'desk',
      instructions: '',
      model: scriptedChatModel([toBilling]),
      handoffs: [billing],
    });
    await testRun(desk, 'a secret');
    expect(other.requests[0]?.messages[0]).toEqual({ role: 'user', content: 'a […]' });
  });

  it('between agents that name each other ends when their turns are used up', async () => {
    const model = scriptedChatModel(
      Array.from({ length: 20 }, (_, i) =>
        calls({ [i % 2 === 0 ? 'hand_off_to_pong' : 'hand_off_to_ping']: {} }),
      ),
    );
    const ping: AnyAgent = defineAgent({
      id: 'ping',
      instructions: '',
      model,
      maxTurns: 3,
      handoffs: () => [pong],
    });
    const pong: AnyAgent = defineAgent({
      id: 'pong',
      instructions: '',
      model,
      maxTurns: 3,
      handoffs: () => [ping],
    });
    expect((await testRun(ping, 'Hi')).error).toMatchObject({ code: 'AIWORK_TURN_LIMIT' });
    expect(model.requests).toHaveLength(6);
  });

  it('to ever new agents ends, too', async () => {
    let made = 0;
    const model = {
      id: 'm',
      async *stream() {
        yield { type: 'tool-call' as const, id: 'x', name: `hand_off_to_a${made}`, input: {} };
        yield { type: 'done' as const, reason: 'tool-calls' as const };
      },
    };
    const another = (): AnyAgent => {
      const id = `a${made}`;
      return defineAgent({
        id,
        instructions: '',
        model,
        handoffs: () => {
          made += 1;
          return [another()];
        },
      });
    };
    expect((await testRun(another(), 'Hi')).error).toMatchObject({
      code: 'AIWORK_TURN_LIMIT',
      message: expect.stringContaining('more than 32 times'),
    });
  });

  it('has a name that models take, whatever the id', async () => {
    const model = scriptedChatModel([calls({ hand_off_to_Zo__s_desk_: {} }), 'Hello.']);
    const zoe = defineAgent({ id: 'Zoë’s desk!'.normalize('NFC'), instructions: '', model });
    const desk = defineAgent({ id: 'desk', instructions: '', model, handoffs: [zoe] });
    expect((await testRun(desk, 'Hi')).output).toBe('Hello.');
    const long = defineAgent({ id: 'x'.repeat(200), instructions: '', model: scriptedChatModel(['ok']) });
    const offering = scriptedChatModel(['ok']);
    await testRun(defineAgent({ id: 'desk', instructions: '', model: offering, handoffs: [long] }), 'Hi');
    expect(offering.requests[0]?.tools?.[0]?.name).toMatch(/^[a-zA-Z0-9_-]{64}$/);
  });

  it('is refused at definition when its name is taken', () => {
    const one = defineAgent({ id: 'a b', instructions: '' });
    const two = defineAgent({ id: 'a_b', instructions: '' });
    expect(() => defineAgent({ id: 'desk', instructions: '', handoffs: [one, two] })).toThrow(
      'hand_off_to_a_b',
    );
    const tool = defineTool({ name: 'hand_off_to_a_b', description: 'x', input: z.object({}), run: () => 1 });
    expect(() => defineAgent({ id: 'desk', instructions: '', tools: [tool], handoffs: [two] })).toThrow(
      expect.objectContaining({ code: 'AIWORK_DUPLICATE_ID' }),
    );
  });

  it('is refused before the turn when a function gives two of one name', async () => {
    const twin = () => defineAgent({ id: 'twin', instructions: '' });
    const desk = defineAgent({
      id: 'desk',
      instructions: '',
      model: scriptedChatModel([]),
      handoffs: () => [twin(), twin()],
    });
    expect((await testRun(desk, 'Hi')).error).toMatchObject({ code: 'AIWORK_DUPLICATE_ID' });
  });

  it('has to give the same type of answer', () => {
    const output = z.object({ euros: z.number() });
    const rates = defineAgent({ id: 'rates', instructions: '', output });
    // @ts-expect-error: the desk answers with text, rates with an object
    defineAgent({ id: 'desk', instructions: '', handoffs: [rates] });
    defineAgent({ id: 'desk', instructions: '', output, handoffs: [rates] });
  });
});
