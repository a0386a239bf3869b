import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AiworkError } from '../errors.ts';
import { createOrchestrator } from '../orchestrator.ts';
import { scriptedChatModel } from '../testing/scripted-chat-model.ts';
import { testRun } from '../testing/test-run.ts';
import { defineAgent } from '../units/agent.ts';
import { type AnyTool, defineTool } from '../units/tool.ts';
import { add, calls } from './agent.fixture.ts';

const base = { id: 'ask', instructions: 'Answer.' };

/** What the model is told after it made these calls. */
async function resultsOf(tools: readonly AnyTool[], ...named: Record<string, unknown>[]) {
  const model = scriptedChatModel([calls(...named), 'done']);
  const run = await testRun(defineAgent({ ...base, model, tools }), 'Go');
  return { ...run, told: model.requests[1]?.messages.filter(({ role }) => role === 'tool') };
}

function tool(name: string, run: (input: { text: string }) => unknown): AnyTool {
  return defineTool({ name, description: 'For a test.', input: z.object({ text: z.string() }), run });
}

describe('tool calls of an agent', () => {
  it('tell the model the result, as text or as JSON', async () => {
    const say = tool('say', ({ text }) => text);
    const wrap = tool('wrap', ({ text }) => ({ text }));
    const nothing = tool('nothing', () => undefined);
    const { told } = await resultsOf(
      [say, wrap, nothing],
      { say: { text: 'a' } },
      { wrap: { text: 'b' } },
      { nothing: { text: '' } },
    );
    expect(told).toEqual([
      { role: 'tool', toolCallId: 'call-1.1', content: 'a' },
      { role: 'tool', toolCallId: 'call-1.2', content: '{"text":"b"}' },
      { role: 'tool', toolCallId: 'call-1.3', content: 'done' },
    ]);
  });

  it('are steps of their own', async () => {
    const { outputs } = await resultsOf([add], { add: { a: 1, b: 2 } }, { add: { a: 3, b: 4 } });
    expect(outputs.get('ask/1.1-add')).toBe(3);
    expect(outputs.get('ask/1.2-add')).toBe(7);
  });

  it('of one turn run at once, and keep their order', async () => {
    const order: string[] = [];
    const second = Promise.withResolvers<void>();
    const slow = tool('slow', async () => {
      await second.promise;
      order.push('slow');
      return 'slow';
    });
    const quick = tool('quick', () => {
      order.push('quick');
      second.resolve();
      return 'quick';
    });
    const { told } = await resultsOf([slow, quick], { slow: { text: '' } }, { quick: { text: '' } });
    expect(order).toEqual(['quick', 'slow']);
    expect(told?.map(({ content }) => content)).toEqual(['slow', 'quick']);
  });

  it('tell the model what was wrong: no such tool, an input that does not fit, an error', async () => {
    const fail = tool('fail', () => {
      throw new Error('no paper');
    });
    const { told, status, events } = await resultsOf(
      [add, fail],
      { subtract: {} },
      { add: { a: 'one' } },
      { fail: { text: '' } },
    );
    expect(status).toBe('succeeded');
    expect(told).toMatchObject([
      { isError: true, content: expect.stringMatching(/no tool called "subtract".*add, fail/) },
      { isError: true, content: expect.stringMatching(/input of tool "add".*expected number/) },
      { isError: true, content: 'Error: no paper' },
    ]);
    expect(events.filter((event) => event.type === 'tool.called')).toMatchObject([
      { tool: 'add', ok: false },
      { tool: 'fail', ok: false },
    ]);
  });

  it('keep to the policy of the tool', async () => {
    let tries = 0;
    const flaky = defineTool({
      name: 'flaky',
      description: 'Fails once.',
      input: z.object({}),
      retry: { maxAttempts: 2 },
      run: () => {
        tries += 1;
        if (tries === 1) throw new Error('once');
        return 'fine';
      },
    });
    expect((await resultsOf([flaky], { flaky: {} })).told).toMatchObject([{ content: 'fine' }]);
    expect(tries).toBe(2);
  });

  it.each(['AIWORK_CANCELLED', 'AIWORK_BUDGET_EXCEEDED', 'AIWORK_LEASE_LOST'] as const)(
    'end the run with %s, which is not for the model',
    async (code) => {
      const stop = tool('stop', () => {
        throw new AiworkError(code, 'over');
      });
      const { error, told } = await resultsOf([stop], { stop: { text: '' } });
      expect(error).toMatchObject({ code });
      expect(told).toBeUndefined();
    },
  );

  it('end the run when the budget for them is used up, once those at work are over', async () => {
    let over = 0;
    const work = tool('work', async () => {
      await new Promise((resolve) => setImmediate(resolve));
      over += 1;
    });
    const model = scriptedChatModel([calls({ work: { text: '' } }, { work: { text: '' } }), 'never']);
    const agent = defineAgent({ ...base, model, tools: [work], budget: { toolCalls: 1 } });
    expect((await testRun(agent, 'Go')).error).toMatchObject({ code: 'AIWORK_BUDGET_EXCEEDED' });
    expect(over).toBe(2);
    expect(model.requests).toHaveLength(1);
  });
});

describe('a budget for tool calls', () => {
  it('is asked for before a tool runs', async () => {
    let made = 0;
    const count = tool('count', () => {
      made += 1;
    });
    const model = scriptedChatModel([calls({ count: { text: '' } }), calls({ count: { text: '' } })]);
    const agent = defineAgent({ ...base, model, tools: [count], budget: { toolCalls: 1 } });
    expect((await testRun(agent, 'Go')).error).toMatchObject({ code: 'AIWORK_BUDGET_EXCEEDED' });
    expect(made).toBe(1);
  });
});

describe('tool calls that a person has to approve', () => {
  const done: string[] = [];
  const pay = (approval: boolean | ((input: { euros: number }) => boolean)) =>
    defineTool({
      name: 'pay',
      description: 'Pays.',
      input: z.object({ euros: z.number() }),
      approval,
      run: ({ euros }) => {
        done.push(`${euros}`);
        return 'paid';
      },
    });

  async function decide(tool: AnyTool, answer: unknown, euros: unknown = 5) {
    done.length = 0;
    const model = scriptedChatModel([calls({ pay: { euros } }), 'done']);
    await using ai = createOrchestrator();
    const run = await ai.start(defineAgent({ ...base, model, tools: [tool] }), 'Pay');
    const prompts: unknown[] = [];
    for await (const event of run) {
      if (event.type !== 'step.waiting') continue;
      prompts.push(event.prompt);
      expect(done).toEqual([]);
      await ai.signal(run.id, event.stepId, answer);
    }
    await run.result();
    return { prompts, told: model.requests[1]?.messages.at(-1), stepIds: [] };
  }

  it('wait until it is given', async () => {
    const { prompts, told } = await decide(pay(true), { approved: true });
    expect(prompts).toEqual([{ tool: 'pay', input: { euros: 5 } }]);
    expect(told).toMatchObject({ content: 'paid' });
    expect(done).toEqual(['5']);
  });

  it('are not made when it is refused, and the model is told', async () => {
    const { told } = await decide(pay(true), { approved: false, reason: 'too dear' });
    expect(told).toMatchObject({ isError: true, content: 'Error: a person refused this call: too dear' });
    expect(done).toEqual([]);
  });

  it('ask only where the tool says so', async () => {
    const dear = pay(({ euros }) => euros > 100);
    expect((await decide(dear, { approved: true }, 5)).prompts).toHaveLength(0);
    expect((await decide(dear, { approved: true }, 500)).prompts).toHaveLength(1);
  });

  it('bother nobody with an input the tool would not take', async () => {
    const { prompts, told } = await decide(pay(true), { approved: true }, 'five');
    expect(prompts).toEqual([]);
    expect(told).toMatchObject({ isError: true, content: expect.stringContaining('expected number') });
  });

  it('tell the model when it cannot be found out whether somebody has to be asked', async () => {
    const broken = pay(() => {
      throw new Error('no price list');
    });
    expect((await decide(broken, { approved: true })).told).toMatchObject({
      isError: true,
      content: 'Error: no price list',
    });
    expect(done).toEqual([]);
  });

  it('go on waiting when the answer is none', async () => {
    const model = scriptedChatModel([calls({ pay: { euros: 5 } }), 'done']);
    await using ai = createOrchestrator();
    const run = await ai.start(defineAgent({ ...base, model, tools: [pay(true)] }), 'Pay');
    const answers = [
      { approved: 'yes' },
      { approved: true, reason: 7 },
      null,
      { approved: true, reason: 'fine' },
    ];
    for await (const event of run) {
      const asked = event.type === 'step.waiting' || (event.type === 'log' && event.level === 'warn');
      if (asked) await ai.signal(run.id, 'ask/approve-1.1-pay', answers.shift());
    }
    expect(await run.result()).toBe('done');
    expect(answers).toEqual([]);
  });
});
