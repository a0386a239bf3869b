import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { scriptedChatModel } from '../testing/scripted-chat-model.ts';
import { testRun } from '../testing/test-run.ts';
import { defineAgent } from '../units/agent.ts';
import { guardrail } from './agent.fixture.ts';

const output = z.object({ risk: z.number().max(1) });

function rate(replies: Parameters<typeof scriptedChatModel>[0], more: object = {}) {
  const model = scriptedChatModel(replies);
  const agent = defineAgent({ id: 'rate', instructions: 'Rate.', model, output, ...more });
  return testRun(agent, 'Risky?').then((run) => ({ ...run, requests: model.requests }));
}

describe('an answer with a schema', () => {
  it('is what the schema makes of it', async () => {
    const doubled = z.object({ risk: z.number().transform((risk) => risk * 2) });
    const model = scriptedChatModel(['{"risk":0.25}']);
    const agent = defineAgent({ id: 'rate', instructions: '', model, output: doubled });
    expect((await testRun(agent, 'Risky?')).output).toEqual({ risk: 0.5 });
  });

  it.each(['```json\n{"risk":1}\n```', '```\n{"risk":1}\n```\n', ' {"risk":1} '])(
    'may stand in a fence: %j',
    async (text) => {
      expect((await rate([text])).output).toEqual({ risk: 1 });
    },
  );

  it.each([
    ['no JSON', 'High.', 'is not JSON'],
    ['half of it', '{"risk":', 'is not JSON'],
    ['the wrong shape', '{"risk":2}', 'risk'],
    ['nothing', '', 'is not JSON'],
  ])('is asked for again when it is %s', async (_, text, problem) => {
    const { requests, output: answer } = await rate([text, '{"risk":1}']);
    expect(answer).toEqual({ risk: 1 });
    expect(requests[1]?.messages.at(-1)).toMatchObject({
      role: 'user',
      content: expect.stringContaining(problem),
    });
  });

  it('is asked for no more often than there are turns, and the error says what was wrong', async () => {
    const { error } = await rate(['{"risk":3}', '{"risk":2}'], { maxTurns: 2 });
    expect(error).toMatchObject({ code: 'AIWORK_TURN_LIMIT', message: expect.stringContaining('risk') });
  });

  it('is not blamed for a turn limit that tool calls used up', async () => {
    const { error } = await rate(['High.', { toolCalls: [{ name: 'look' }] }], { maxTurns: 2 });
    expect(error).toMatchObject({
      code: 'AIWORK_TURN_LIMIT',
      message: expect.stringMatching(/no answer yet$/),
    });
  });

  it('is checked after the guardrails have left their marks', async () => {
    const half = guardrail('output', (text) => ({ action: 'redact', text: text.replace('7', '0.7') }));
    expect((await rate(['{"risk":7}'], { guardrails: [half] })).output).toEqual({ risk: 0.7 });
  });

  it('needs a schema that can be shown to a model', async () => {
    const bare = { '~standard': { version: 1, vendor: 'bare', validate: (value: unknown) => ({ value }) } };
    expect((await rate(['{}'], { output: bare })).error).toMatchObject({
      code: 'AIWORK_NO_JSON_SCHEMA',
      message: expect.stringContaining('output of agent "rate"'),
    });
  });

  it('fails the run when the schema itself fails', async () => {
    const broken = z.object({ risk: z.number() }).refine(() => {
      throw new TypeError('a bug');
    });
    expect((await rate(['{"risk":1}', '{"risk":1}'], { output: broken })).error).toMatchObject({
      message: expect.stringContaining('a bug'),
    });
  });
});
