import { hasCode, type Message } from '@aiwork/core';
import { scriptedChatModel } from '@aiwork/core/testing';
import { describe, expect, it } from 'vitest';
import { answers, isJudged, modelOf, watched } from './model.fixture.ts';
import { bestOf } from './strategies/best-of.ts';
import { refinement } from './strategies/refinement.ts';
import { sampling } from './strategies/sampling.ts';
import { selfConsistency } from './strategies/self-consistency.ts';
import { think } from './think.ts';
import type { ThinkingEvent } from './thinking-event.ts';

const all = (samples: number) => selfConsistency({ samples, confidence: 1 });

describe('think', () => {
  it('tells what happens, from the question to the answer', async () => {
    const { events, options } = watched({ model: answers(['4']), strategy: sampling() });
    const thought = await think('2 + 2?', options);
    expect(events.map(({ type }) => type)).toEqual([
      'thinking.started',
      'round.started',
      'alternative.started',
      'alternative.proposed',
      'alternative.kept',
      'thinking.finished',
    ]);
    expect(events[0]).toMatchObject({ question: '2 + 2?', strategy: 'sampling', model: 'scripted' });
    expect(thought).toMatchObject({
      answer: '4',
      text: 'Answer: 4',
      id: '1.1',
      stopped: 'finished',
      rounds: 1,
    });
    expect(events.at(-1)).toMatchObject({ answer: '4', usage: thought.usage });
  });

  it('asks in the conversation it is given, after its instructions', async () => {
    const model = answers(['4']);
    const conversation = [
      { role: 'user', content: 'I count in base 10.' },
      { role: 'assistant', content: 'Good.' },
      { role: 'user', content: '2 + 2?' },
    ] as const;
    await think(conversation, {
      model,
      strategy: sampling(),
      instructions: 'Be brief.',
      maxTokens: 7,
      temperature: 0.3,
    });
    expect(model.requests[0]).toEqual({
      messages: [{ role: 'system', content: 'Be brief.' }, ...conversation],
      temperature: 0.3,
      maxTokens: 7,
    });
  });

  it.each([
    ['', 'there is no question'],
    [[], 'there is no question'],
    [[{ role: 'system', content: 'x' }], 'there is no question'],
  ] as const)('refuses %j, which is no question', async (question, message) => {
    await expect(think(question, { model: answers(['4']) })).rejects.toThrow(message);
  });

  it('refuses limits that are none', async () => {
    const model = answers(['4']);
    await expect(think('?', { model, budget: { tokens: -1 } })).rejects.toMatchObject({
      code: 'AIWORK_INVALID_ARGUMENT',
    });
    await expect(think('?', { model, budget: { cost: 1 } })).rejects.toThrow('budget.price');
    await expect(think('?', { model, maxTokens: 0 })).rejects.toThrow('maxTokens');
    expect(model.requests).toHaveLength(0);
  });
});

describe('a call that fails', () => {
  it('is a lost alternative with its reason, never a candidate', async () => {
    const model = scriptedChatModel([
      'Answer: 4',
      new Error('the line is dead'),
      { text: 'Answer: 5', reason: 'length' },
      { text: ' ' },
    ]);
    const { events, options } = watched({ model, strategy: all(4) });
    expect((await think('2 + 2?', options)).answer).toBe('4');
    const lost = events.flatMap((event) => (event.type === 'alternative.lost' ? [event.reason] : []));
    expect(lost).toEqual([
      'the line is dead',
      expect.stringContaining('length limit (maxTokens 2048)'),
      expect.stringContaining('empty reply'),
    ]);
    expect(events.filter(({ type }) => type === 'alternative.proposed')).toHaveLength(1);
  });

  it('ends the thinking when it is all there is, with the reasons', async () => {
    const model = modelOf(() => new Error('the line is dead'));
    const error = await think('2 + 2?', { model, strategy: all(3) }).catch((reason: unknown) => reason);
    expect(hasCode(error, 'AIWORK_THINKING_FAILED')).toBe(true);
    expect(error).toMatchObject({
      message: expect.stringMatching(/all 3 alternatives.*the line is dead/),
      cause: { errors: [{}, {}, {}] },
    });
  });

  it('of a judge leaves the votes to say', async () => {
    let alternatives = 0;
    const model = modelOf((request) => {
      if (isJudged(request)) return new Error('no verdict');
      alternatives += 1;
      return `Answer: ${alternatives === 1 ? 5 : 4}`;
    });
    const { events, options } = watched({ model, strategy: bestOf({ alternatives: 3 }) });
    expect((await think('2 + 2?', options)).answer).toBe('4');
    expect(events.filter(({ type }) => type === 'question.lost')).toHaveLength(2);
  });

  it('counts with what it used before it failed', async () => {
    const usage = { inputTokens: 100, outputTokens: 50 };
    const model = scriptedChatModel([
      { text: 'half', usage, error: new Error('cut off') },
      { text: 'Answer: 4', usage },
    ]);
    const { usage: used } = await think('2 + 2?', { model, strategy: all(2) });
    expect(used).toMatchObject({ inputTokens: 200, outputTokens: 100, modelCalls: 2 });
  });

  it.each([
    ['was refused', new Error('status 429'), 0],
    ['broke off', { text: 'x'.repeat(40), usage: false, error: new Error('cut off') }, 40],
    ['broke off late', { text: 'x'.repeat(999), usage: false, error: new Error('cut off') }, 100],
    ['ended at its length limit', { text: 'x', usage: false, reason: 'length' }, 100],
    ['said nothing', { text: ' ', usage: false }, 100],
  ] as const)('counts what came of it, where the model does not say: it %s', async (_, reply, lost) => {
    const model = scriptedChatModel([
      reply,
      { text: 'Answer: 4', usage: { inputTokens: 0, outputTokens: 0 } },
    ]);
    const estimateTokens = (messages: readonly Message[]) =>
      messages.reduce((sum, { role, content }) => sum + (role === 'assistant' ? content.length : 0), 0);
    const options = { model, strategy: all(2), maxTokens: 100, estimateTokens };
    expect((await think('2 + 2?', options)).usage).toMatchObject({ outputTokens: lost, modelCalls: 2 });
  });
});

describe('a budget', () => {
  const maxTokens = 10;
  const estimateTokens = () => 5;
  const usage = { inputTokens: 5, outputTokens: 10 };
  const spending = () => modelOf(() => ({ text: 'Answer: 4', usage }));

  it.each([
    ['tokens', { tokens: 50 }, 3],
    ['calls', { modelCalls: 2 }, 2],
    ['money', { cost: 0.2, price: { inputToken: 0.01, outputToken: 0.01 } }, 1],
  ])('of %s ends it before the call that would overdraw it, with what is there', async (_, budget, calls) => {
    const model = spending();
    const { events, options } = watched({ model, strategy: all(8), budget, maxTokens, estimateTokens });
    const thought = await think('2 + 2?', options);
    expect(thought).toMatchObject({ answer: '4', stopped: 'budget', usage: { modelCalls: calls } });
    expect(model.requests).toHaveLength(calls);
    expect(events.filter(({ type }) => type === 'budget.refused')).toHaveLength(1);
  });

  it('that leaves no alternative at all is an error that says what is missing', async () => {
    const model = spending();
    const thinking = think('2 + 2?', { model, budget: { tokens: 14 }, maxTokens, estimateTokens });
    await expect(thinking).rejects.toMatchObject({
      code: 'AIWORK_BUDGET_EXCEEDED',
      message: expect.stringContaining('may take 15 tokens, 0 of 14 are used'),
    });
    expect(model.requests).toHaveLength(0);
  });

  it('counts a model that does not say what it used at all it may use', async () => {
    const model = modelOf(() => ({ text: 'Answer: 4', usage: false }));
    const thought = await think('2 + 2?', {
      model,
      strategy: all(8),
      budget: { tokens: 31 },
      maxTokens,
      estimateTokens,
    });
    expect(thought.usage).toMatchObject({ inputTokens: 10, outputTokens: 20, modelCalls: 2 });
  });

  it('of time aborts what is on its way, and keeps what was found', async () => {
    const aborted: unknown[] = [];
    const model = modelOf((_, call) => (call === 1 ? 'Answer: 4' : new Promise(() => {})));
    const stream = model.stream;
    model.stream = (request, options) => {
      if (model.requests.length > 0) {
        options.signal.addEventListener('abort', () => aborted.push(options.signal.reason));
      }
      return stream(request, options);
    };
    const thought = await think('2 + 2?', { model, strategy: all(3), budget: { wallTime: 200 } });
    expect(thought).toMatchObject({ answer: '4', stopped: 'budget' });
    expect(aborted).toHaveLength(2);
  });

  it('of time that is over before anything was found is an error', async () => {
    const model = modelOf(() => new Promise(() => {}));
    await expect(think('?', { model, budget: { wallTime: 20 } })).rejects.toMatchObject({
      code: 'AIWORK_BUDGET_EXCEEDED',
    });
  });
});

describe('a cancel', () => {
  it.each([
    ['samples', all(5), 5, () => true],
    ['judges', bestOf({ alternatives: 2 }), 2, isJudged],
    [
      'later rounds',
      refinement({ alternatives: 3 }),
      3,
      (request: { messages: readonly unknown[] }) => request.messages.length > 2,
    ],
  ] as const)('reaches every call of %s', async (_, strategy, hanging, hangs) => {
    const controller = new AbortController();
    const reason = new Error('never mind');
    const signals: AbortSignal[] = [];
    const all = Promise.withResolvers<void>();
    let answer = 0;
    const model = modelOf((request) => {
      if (!hangs(request)) {
        answer += 1;
        return `Answer: ${answer}`;
      }
      if (signals.length === hanging) all.resolve();
      return new Promise(() => {});
    });
    const stream = model.stream;
    model.stream = (request, options) => {
      if (hangs(request)) signals.push(options.signal);
      return stream(request, options);
    };
    const thinking = think('?', { model, strategy, signal: controller.signal });
    thinking.catch(() => {});
    await all.promise;
    controller.abort(reason);
    await expect(thinking).rejects.toBe(reason);
    expect(signals.map((signal) => signal.aborted)).toEqual(Array(hanging).fill(true));
  });

  it('by an observer that throws is passed on, and reaches what is on its way', async () => {
    const signals: AbortSignal[] = [];
    const model = modelOf((_, call) => (call === 1 ? 'Answer: 4' : new Promise(() => {})));
    const stream = model.stream;
    model.stream = (request, options) => {
      signals.push(options.signal);
      return stream(request, options);
    };
    const onEvent = ({ type }: ThinkingEvent) => {
      if (type === 'alternative.proposed') throw new Error('the screen is gone');
    };
    await expect(think('?', { model, strategy: all(3), onEvent })).rejects.toThrow('the screen is gone');
    expect(signals.map((signal) => signal.aborted)).toEqual([true, true, true]);
  });

  it('before it begins asks nothing', async () => {
    const model = answers(['4']);
    const reason = new Error('never mind');
    await expect(think('?', { model, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(model.requests).toHaveLength(0);
  });
});

describe('a recorder', () => {
  it('gives replies back instead of asking again, and their usage counts', async () => {
    const kept = new Map<string, unknown>();
    const record = async <T>(id: string, call: () => Promise<T>): Promise<T> => {
      if (!kept.has(id)) kept.set(id, await call());
      return kept.get(id) as T;
    };
    const strategy = bestOf({ alternatives: 2 });
    const first = await think('2 + 2?', { model: answers(['4', '5'], '5'), strategy, record });
    const silent = scriptedChatModel([]);
    expect(await think('2 + 2?', { model: silent, strategy, record })).toEqual(first);
    expect([...kept.keys()].map((id) => id.split('~')[0])).toEqual([
      'alternative-1.1',
      'alternative-1.2',
      'question-1.judge-1',
      'question-1.judge-swapped-2',
    ]);
    // What is asked differently is another call.
    await think('3 + 3?', { model: answers(['6']), strategy: sampling(), record });
    expect(kept.size).toBe(5);
  });
});
