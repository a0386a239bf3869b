import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Guardrail, Verdict } from '../adapters/guardrail.ts';
import { scriptedChatModel } from '../testing/scripted-chat-model.ts';
import { testRun } from '../testing/test-run.ts';
import { defineAgent } from '../units/agent.ts';
import { defineTool } from '../units/tool.ts';
import { calls, guardrail } from './agent.fixture.ts';

const echo = defineTool({
  name: 'echo',
  description: 'Says it again.',
  input: z.object({ text: z.string() }),
  run: ({ text }) => text,
});

const redactSecret = (text: string): Verdict => ({
  action: 'redact',
  text: text.replaceAll('secret', '[…]'),
});
const block = (): Verdict => ({ action: 'block', reason: 'not here' });

function ask(
  guardrails: readonly Guardrail[],
  script: Parameters<typeof scriptedChatModel>[0],
  input = 'a secret',
) {
  const model = scriptedChatModel(script);
  const agent = defineAgent({ id: 'ask', instructions: 'Answer.', model, tools: [echo], guardrails });
  return testRun(agent, input).then((run) => ({ ...run, requests: model.requests }));
}

describe('guardrails on the input', () => {
  it('keep from the model what they redact', async () => {
    const { requests } = await ask([guardrail('input', redactSecret)], ['ok']);
    expect(requests[0]?.messages[1]).toEqual({ role: 'user', content: 'a […]' });
  });

  it('see every message of the user, and what the one before left', async () => {
    const seen: string[] = [];
    const second = guardrail('input', (text) => {
      seen.push(text);
      return { action: 'pass' };
    });
    await ask([guardrail('input', redactSecret), second], ['ok']);
    expect(seen).toEqual(['a […]']);
  });

  it('end the run before the model is asked, naming guardrail, stage and reason', async () => {
    const { error, requests } = await ask([guardrail('input', block, 'door')], ['never']);
    expect(error).toMatchObject({
      code: 'AIWORK_GUARDRAIL_BLOCKED',
      message: expect.stringMatching(/"door".*stage "input".*not here/),
    });
    expect(requests).toHaveLength(0);
  });

  it('block where they would ask again: nobody can', async () => {
    const { error } = await ask(
      [guardrail('input', () => ({ action: 'retry', feedback: 'in English' }))],
      ['never'],
    );
    expect(error).toMatchObject({
      code: 'AIWORK_GUARDRAIL_BLOCKED',
      message: expect.stringContaining('in English'),
    });
  });
});

describe('guardrails on the answer', () => {
  it('replace what they redact', async () => {
    expect((await ask([guardrail('output', redactSecret)], ['my secret'])).output).toBe('my […]');
  });

  it('ask again with what is wrong, which takes a turn', async () => {
    const short = guardrail('output', (text) =>
      text.length > 5 ? { action: 'retry', feedback: 'Shorter, please.' } : { action: 'pass' },
    );
    const { output, requests } = await ask([short], ['much too long', 'short']);
    expect(output).toBe('short');
    expect(requests[1]?.messages.slice(-2)).toEqual([
      { role: 'assistant', content: 'much too long' },
      { role: 'user', content: 'Shorter, please.' },
    ]);
  });

  it('ask no more often than there are turns, and the error says what was wrong', async () => {
    const model = scriptedChatModel(['a', 'b', 'c']);
    const never = guardrail('output', () => ({ action: 'retry', feedback: 'Better.' }));
    const agent = defineAgent({ id: 'ask', instructions: '', model, guardrails: [never], maxTurns: 2 });
    const { error } = await testRun(agent, 'Hi');
    expect(error).toMatchObject({ code: 'AIWORK_TURN_LIMIT', message: expect.stringContaining('Better.') });
    expect(model.requests).toHaveLength(2);
  });

  it('let nobody see a text before it has passed', async () => {
    const { events } = await ask([guardrail('output', redactSecret)], ['my secret']);
    const shown = events.flatMap((event) => (event.type === 'model.delta' ? [event.text] : []));
    expect(shown).toEqual(['my […]']);
  });

  it('let nobody see a text they block', async () => {
    const { events, error } = await ask([guardrail('output', block)], ['my secret']);
    expect(error).toMatchObject({ code: 'AIWORK_GUARDRAIL_BLOCKED' });
    expect(events.some((event) => event.type === 'model.delta')).toBe(false);
  });
});

/** Lets whole words go, without those that are secret. */
const wordByWord: Guardrail = {
  ...guardrail('output', redactSecret, 'words'),
  streaming: {
    windowChars: 6,
    begin() {
      let held = '';
      return {
        push(piece) {
          const text = held + piece;
          const end = text.lastIndexOf(' ') + 1;
          held = text.slice(end);
          return text.slice(0, end).replaceAll('secret', '[…]');
        },
      };
    },
  },
};

/** What is shown of an answer that comes in pieces of three characters, and how it ends. */
async function watch(guardrails: readonly Guardrail[], script: Parameters<typeof scriptedChatModel>[0]) {
  const model = scriptedChatModel(script, { chunkLength: 3 });
  const agent = defineAgent({ id: 'watch', instructions: '', model, tools: [echo], guardrails });
  const { events, output, error } = await testRun(agent, 'Hi');
  const shown = events.flatMap((event) => (event.type === 'model.delta' ? [event.text] : []));
  return { shown, output, error };
}

describe('guardrails that can look at streams', () => {
  it('let an answer be shown while it comes, and no more than they let pass', async () => {
    const { shown, output } = await watch([wordByWord], ['my secret is out']);
    expect(shown).toEqual(['my ', '[…] ', 'is ', 'out']);
    expect(output).toBe('my […] is out');
  });

  it('are each shown what the one before let go', async () => {
    const loud: Guardrail = {
      ...guardrail('output', (text) => ({ action: 'redact', text: text.toUpperCase() }), 'loud'),
      streaming: { windowChars: 0, begin: () => ({ push: (piece) => piece.toUpperCase() }) },
    };
    const { shown } = await watch([wordByWord, loud], ['a secret b']);
    expect(shown.join('')).toBe('A […] B');
    expect(shown.length).toBeGreaterThan(1);
  });

  it('show nothing before the end beside one that cannot', async () => {
    const whole = guardrail('output', () => ({ action: 'pass' }));
    expect((await watch([wordByWord, whole], ['my secret'])).shown).toEqual(['my […]']);
  });

  it('keep from being shown what the verdict on the whole does not let pass', async () => {
    const { shown, error } = await watch([{ ...wordByWord, check: block }], ['my secret']);
    expect(shown).toEqual(['my ']);
    expect(error).toMatchObject({ code: 'AIWORK_GUARDRAIL_BLOCKED' });
  });

  it.each<[string, () => string]>([
    [
      'fails',
      () => {
        throw new Error('broken by secret');
      },
    ],
    ['gives no text', () => undefined as never],
  ])('leave the decision to the whole where one %s', async (_, push) => {
    const broken: Guardrail = { ...wordByWord, streaming: { windowChars: 0, begin: () => ({ push }) } };
    const { shown, output } = await watch([broken], ['my secret']);
    expect(shown).toEqual(['my […]']);
    expect(output).toBe('my […]');
  });

  it('show no more where one let go what its verdict does not have', async () => {
    const leaking: Guardrail = {
      ...wordByWord,
      streaming: { windowChars: 0, begin: () => ({ push: (piece) => piece }) },
    };
    const { shown, output } = await watch([leaking], ['my secret is out']);
    expect(shown.join('')).toBe('my secret is out');
    expect(output).toBe('my […] is out');
  });

  it('let what is said before a call of a tool be shown to its end', async () => {
    const saying = { text: 'a secret call', ...calls({ echo: { text: 'x' } }) };
    expect((await watch([wordByWord], [saying, 'done'])).shown.join('|')).toBe('a |[…] |call|done');
  });

  it('show of what is said before a call of a tool nothing that would not pass', async () => {
    const saying = { text: 'a damned call', ...calls({ echo: { text: 'x' } }) };
    const strict: Guardrail = {
      ...wordByWord,
      check: ({ text }) => (text.includes('damned') ? block() : redactSecret(text)),
    };
    const { shown, output } = await watch([strict], [saying, 'done']);
    expect(shown.join('')).not.toContain('call');
    expect(output).toBe('done');
  });
});

describe('guardrails on tool calls', () => {
  it('change the input of the tool', async () => {
    const { outputs } = await ask(
      [guardrail('tool-call', redactSecret)],
      [calls({ echo: { text: 'secret' } }), 'ok'],
    );
    expect(outputs.get('ask/1.1-echo')).toBe('[…]');
  });

  it('tell the model what is wrong instead of making the call', async () => {
    const rule = guardrail('tool-call', () => ({ action: 'retry', feedback: 'Not on Sundays.' }));
    const { outputs, requests } = await ask([rule], [calls({ echo: { text: 'x' } }), 'ok']);
    expect(outputs.has('ask/1.1-echo')).toBe(false);
    expect(requests[1]?.messages.at(-1)).toMatchObject({ isError: true, content: 'Error: Not on Sundays.' });
  });

  it('end the run before any tool of the turn has run', async () => {
    const second = guardrail('tool-call', (text) => (text.includes('2') ? block() : { action: 'pass' }));
    const { error, outputs } = await ask([second], [calls({ echo: { text: '1' } }, { echo: { text: '2' } })]);
    expect(error).toMatchObject({ code: 'AIWORK_GUARDRAIL_BLOCKED' });
    expect(outputs.size).toBe(0);
  });

  it('tell the model when they leave something that is no input', async () => {
    const { requests } = await ask(
      [guardrail('tool-call', () => ({ action: 'redact', text: 'gone' }))],
      [calls({ echo: { text: 'x' } }), 'ok'],
    );
    expect(requests[1]?.messages.at(-1)).toMatchObject({
      isError: true,
      content: expect.stringContaining('no valid JSON'),
    });
  });
});

describe('guardrails on the results of tools', () => {
  it('keep from the model what they redact', async () => {
    const { requests } = await ask(
      [guardrail('tool-result', redactSecret)],
      [calls({ echo: { text: 'secret' } }), 'ok'],
    );
    expect(requests[1]?.messages.at(-1)).toMatchObject({ content: '[…]' });
  });

  it('put their feedback in place of the result', async () => {
    const rule = guardrail('tool-result', () => ({ action: 'retry', feedback: 'That is no source.' }));
    const { requests } = await ask([rule], [calls({ echo: { text: 'x' } }), 'ok']);
    expect(requests[1]?.messages.at(-1)).toMatchObject({
      isError: true,
      content: 'Error: That is no source.',
    });
  });

  it('end the run', async () => {
    const { error } = await ask([guardrail('tool-result', block)], [calls({ echo: { text: 'x' } })]);
    expect(error).toMatchObject({
      code: 'AIWORK_GUARDRAIL_BLOCKED',
      message: expect.stringContaining('"tool-result"'),
    });
  });
});

describe('what guardrails decide', () => {
  const decisions = async (
    guardrails: readonly Guardrail[],
    script: Parameters<typeof scriptedChatModel>[0],
  ) => {
    const { events } = await ask(guardrails, script);
    return events.flatMap((event) =>
      event.type === 'guardrail.decided' ? [[event.guardrail, event.stage, event.action, event.reason]] : [],
    );
  };

  it('is told with its reason: what is redacted, asked again and blocked, and not what passes', async () => {
    const strict = guardrail(
      'output',
      (text) =>
        text.includes('bad') ? { action: 'block', reason: 'never' } : { action: 'retry', feedback: 'Again.' },
      'strict',
    );
    const lax = guardrail('output', () => ({ action: 'pass' }), 'lax');
    expect(await decisions([guardrail('input', redactSecret, 'in'), lax, strict], ['good', 'bad'])).toEqual([
      ['in', 'input', 'redact', undefined],
      ['strict', 'output', 'retry', 'Again.'],
      ['strict', 'output', 'block', 'never'],
    ]);
  });

  it('is told of calls of tools and their results', async () => {
    const both: Guardrail = {
      name: 'tools',
      on: ['tool-call', 'tool-result'],
      check: ({ text }) => redactSecret(text),
    };
    expect(await decisions([both], [calls({ echo: { text: 'x' } }), 'ok'])).toEqual([
      ['tools', 'tool-call', 'redact', undefined],
      ['tools', 'tool-result', 'redact', undefined],
    ]);
  });

  it('is told of one that fails', async () => {
    const broken = guardrail('input', () => {
      throw new Error('away');
    });
    expect(await decisions([broken], ['never'])).toEqual([
      ['test', 'input', 'block', 'its check failed: away'],
    ]);
  });
});

describe('a guardrail', () => {
  it('that throws counts as one that blocks', async () => {
    const broken = guardrail('input', () => {
      throw new Error('out of order');
    });
    const { error } = await ask([broken], ['never']);
    expect(error).toMatchObject({
      code: 'AIWORK_GUARDRAIL_BLOCKED',
      message: expect.stringContaining('out of order'),
    });
  });

  it.each([
    ['nothing', undefined],
    ['an unknown action', { action: 'shrug' }],
    ['a redaction without text', { action: 'redact' }],
    ['feedback without words', { action: 'retry' }],
    ['a block without reason', { action: 'block' }],
  ])('that gives %s counts as one that blocks', async (_, verdict) => {
    const { error } = await ask([guardrail('input', () => verdict as Verdict)], ['never']);
    expect(error).toMatchObject({ code: 'AIWORK_GUARDRAIL_BLOCKED' });
  });
});
