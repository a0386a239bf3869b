import {
  AiworkError,
  createMemoryStateStore,
  createOrchestrator,
  defineAgent,
  type StateStore,
} from '@aiwork/core';
import { scriptedChatModel } from '@aiwork/core/testing';
import { describe, expect, it } from 'vitest';
import type { ConversationsOptions } from './conversation-options.ts';
import { createConversations } from './create-conversations.ts';
import { assistant, byLength, exchange, texts, user, withTool } from './scripted.fixture.ts';

function conversationsWith(options: Partial<ConversationsOptions> = {}) {
  const store = options.store ?? createMemoryStateStore();
  return { store, conversations: createConversations({ store, estimateTokens: byLength, ...options }) };
}

/** All that a store holds, as text. */
async function contentOf(store: StateStore): Promise<string> {
  const entries: unknown[] = [];
  for await (const key of store.keys()) entries.push([key, await store.get(key)]);
  return JSON.stringify(entries);
}

describe('a conversation', () => {
  it('tells all that was said, in order, and the question last', async () => {
    const { conversations } = conversationsWith();
    const chat = conversations.open('a');
    expect(await chat.add(exchange('Tea?', 'At four.'))).toBe(true);
    await chat.add(withTool('Cake?', 'c1', 'none left'));
    const { messages, tokens, recent } = await chat.context('And now?');
    expect(texts(messages)).toEqual(['Tea?', 'At four.', 'Cake?', '', 'none left', 'done', 'And now?']);
    expect(tokens).toBe(byLength(messages));
    expect(recent).toEqual((await chat.turns()).map(({ id }) => id));
    expect(texts((await conversations.open('b').context('Hi')).messages)).toEqual(['Hi']);
  });

  it('is the input of an agent', async () => {
    const chat = conversationsWith().conversations.open('a');
    await chat.add(withTool('Cake?', 'c1', 'none left'));
    const model = scriptedChatModel(['Blue.']);
    const agent = defineAgent({ id: 'guide', instructions: 'Be brief.', model });
    await using ai = createOrchestrator();
    const { messages } = await chat.context('Which colour?');
    expect(await (await ai.start(agent, messages)).result()).toBe('Blue.');
    expect(model.requests[0]?.messages).toEqual([{ role: 'system', content: 'Be brief.' }, ...messages]);
  });

  it('adds a turn of one id once, however often it is told', async () => {
    const chat = conversationsWith().conversations.open('a');
    expect(await chat.add(exchange('Tea?'), { id: 'run-1' })).toBe(true);
    expect(await chat.add(exchange('Tea?', 'again'), { id: 'run-1' })).toBe(false);
    expect(await chat.turns()).toMatchObject([{ id: 'run-1', messages: exchange('Tea?') }]);
  });

  it('leaves out the oldest turns when they are more than are wanted, or than fit', async () => {
    const { conversations } = conversationsWith({ maxTurns: 2, maxTokens: 40 });
    const chat = conversations.open('a');
    for (const name of ['one', 'two', 'three']) await chat.add(exchange(name));
    expect(texts((await chat.context('last?')).messages)).toEqual(['two', 'ok', 'three', 'ok', 'last?']);
    const short = await chat.context('last?', { maxTokens: 13 });
    expect(texts(short.messages)).toEqual(['three', 'ok', 'last?']);
  });

  it('refuses a question that is too long by itself, and no other', async () => {
    const chat = conversationsWith({ maxTokens: 5 }).conversations.open('a');
    await chat.add(exchange('one'));
    expect(texts((await chat.context('last?')).messages)).toEqual(['last?']);
    await expect(chat.context('longer')).rejects.toMatchObject({ code: 'AIWORK_LIMIT_EXCEEDED' });
  });

  it.each<[string, Parameters<ReturnType<typeof open>['add']>[0], string]>([
    ['no messages', [], 'no messages'],
    ['instructions', [{ role: 'system', content: 'x' }], 'system message'],
    ['what is no message', [{ role: 'robot', content: 'x' } as never], 'no role or no text'],
    ['no tool call', [{ ...assistant(''), toolCalls: [null] } as never], 'tool call without an id'],
    [
      'a tool call without its result',
      withTool('a', 'c1', 'b').slice(0, 2),
      '"c1" of the turn has no result',
    ],
    [
      'a tool call that is talked over',
      withTool('a', 'c1', 'b').toSpliced(2, 0, user('?')),
      'no result before message 2',
    ],
    ['a result without its call', withTool('a', 'c1', 'b').slice(2), 'no open tool call'],
  ])('refuses %s', async (_, messages, says) => {
    await expect(open().add(messages)).rejects.toMatchObject({
      code: 'AIWORK_INVALID_ARGUMENT',
      outcome: 'not-applied',
      message: expect.stringContaining(says),
    });
  });

  it('refuses to overwrite what it cannot read', async () => {
    const { store, conversations } = conversationsWith();
    await store.set('conversation/a', { format: 2, turns: [] });
    for (const call of [conversations.open('a').add(exchange('x')), conversations.open('a').context('x')])
      await expect(call).rejects.toMatchObject({ code: 'AIWORK_CORRUPT_DATA' });
    expect((await store.get('conversation/a'))?.value).toEqual({ format: 2, turns: [] });
  });

  it('needs a store that compares before it sets', () => {
    const store = createMemoryStateStore();
    const careless = { ...store, capabilities: { ...store.capabilities, compareAndSet: false } };
    expect(() => createConversations({ store: careless })).toThrow('need a state store with compareAndSet');
  });

  it('stops waiting for its turn when it is told to', async () => {
    const store = createMemoryStateStore();
    const crowded = { ...store, set: async () => ({ applied: false }) as const };
    const chat = createConversations({ store: crowded }).open('a');
    const stop = new AbortController();
    const adding = chat.add(exchange('x'), { signal: stop.signal });
    stop.abort();
    await expect(adding).rejects.toMatchObject({ code: 'AIWORK_CANCELLED', outcome: 'not-applied' });
  });
});

function open() {
  return conversationsWith().conversations.open('a');
}

describe('what leaves the window', () => {
  const summarised = (
    summarise: ConversationsOptions['summarise'],
    more: Partial<ConversationsOptions> = {},
  ) => conversationsWith({ maxTokens: 200, ...(summarise && { summarise }), ...more });
  const long = (name: string) => exchange(name.repeat(20), name.repeat(20));

  it('is summarised, several turns at once, and it is recorded of which', async () => {
    const calls: string[] = [];
    const { conversations } = summarised((messages) => {
      calls.push(
        texts(messages)
          .map((text) => text.at(-1))
          .join(''),
      );
      return `${calls.length}.`;
    });
    const chat = conversations.open('a');
    for (const name of 'abcdefgh') {
      await chat.add(long(name), { id: name });
      await chat.context('last?');
    }
    const context = await chat.context('last?');
    expect(texts(context.messages)[0]).toBe('What was said before, in short:\n2.');
    expect(context.messages.at(-1)).toEqual(user('last?'));
    const summary = await chat.summary();
    expect(context.summary).toEqual(summary);
    expect(summary).toMatchObject({ text: '2.', turns: summary?.of.length });
    // Each turn is told of, word for word or in the summary, and each was summarised once.
    expect(new Set([...(summary?.of ?? []), ...context.recent])).toEqual(new Set('abcdefgh'));
    expect(calls).toEqual(['aabbccdd', '.eeffgg']);
    expect(await chat.turns()).toHaveLength(8);
  });

  it('is summarised by a model as well as by a function', async () => {
    const model = scriptedChatModel(['Much was said.']);
    const chat = summarised(model, { maxTokens: 300 }).conversations.open('a');
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) await chat.add(long(name));
    expect((await chat.context('last?')).summary?.text).toBe('Much was said.');
    expect(model.requests[0]?.maxTokens).toBe(75);
  });

  it('is not lost when the summariser fails, and is summarised when it works again', async () => {
    let works = false;
    const { conversations } = summarised(() => {
      if (!works) throw new Error('overloaded');
      return 'Much was said.';
    });
    const chat = conversations.open('a');
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await chat.add(long(name), { id: name });
    const failed = await chat.context('last?');
    expect(failed.failures).toMatchObject([{ of: 'summary', error: { message: 'overloaded' } }]);
    expect(failed.messages.at(-1)).toEqual(user('last?'));
    expect(await chat.turns()).toHaveLength(6);
    works = true;
    const next = await chat.context('last?');
    expect(next.failures).toEqual([]);
    expect(new Set([...(next.summary?.of ?? []), ...next.recent])).toEqual(new Set('abcdef'));
  });

  it('is told in fewer words beside a long question', async () => {
    const chat = summarised(() => 'Much was said. '.repeat(3)).conversations.open('a');
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await chat.add(long(name));
    const { messages, tokens } = await chat.context('?'.repeat(155));
    expect(texts(messages)[0]).toMatch(/^What was said before, in short:\nMuch/);
    expect(tokens).toBeLessThanOrEqual(200);
  });

  it('is not summarised by nothing', async () => {
    const chat = summarised(() => ' ').conversations.open('a');
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await chat.add(long(name));
    const { failures } = await chat.context('last?');
    expect(failures).toMatchObject([{ of: 'summary', error: { code: 'AIWORK_MODEL_INVALID_REPLY' } }]);
    expect(await chat.summary()).toBeUndefined();
  });

  it('ends with the call when that is aborted', async () => {
    const stop = new AbortController();
    const chat = summarised(() => {
      stop.abort();
      throw new Error('aborted');
    }).conversations.open('a');
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await chat.add(long(name));
    await expect(chat.context('last?', { signal: stop.signal })).rejects.toMatchObject({
      code: 'AIWORK_CANCELLED',
    });
  });

  it('is shown to the summariser in parts, a turn that is too long without its tools and cut', async () => {
    const shown: number[] = [];
    const { conversations } = summarised((messages) => {
      shown.push(byLength(messages));
      return 'short';
    });
    const chat = conversations.open('a');
    await chat.add(withTool('huge', 'c1', 'x'.repeat(10_000)));
    await chat.add(exchange('y'.repeat(1000), 'z'.repeat(1000)));
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await chat.add(long(name));
    expect((await chat.context('last?')).failures).toEqual([]);
    expect(shown.length).toBeGreaterThan(2);
    // With the summary before.
    expect(Math.max(...shown)).toBeLessThanOrEqual(200 + 50);
  });

  it('is not cut down by a policy before a summary tells of it', async () => {
    let works = false;
    const { conversations } = summarised(
      () => {
        if (!works) throw new Error('overloaded');
        return 'Much was said.';
      },
      { keep: { turns: 2 } },
    );
    const chat = conversations.open('a');
    for (const name of ['a', 'b', 'c', 'd']) {
      await chat.add(long(name), { id: name });
      await chat.context('last?');
    }
    expect(await chat.turns()).toHaveLength(4);
    works = true;
    const { messages, summary } = await chat.context('last?');
    expect((await chat.turns()).map(({ id }) => id)).toEqual(['c', 'd']);
    expect(summary?.turns).toBeGreaterThanOrEqual(2);
    expect(texts(messages)[0]).toContain('Much was said.');
  });
});

describe('old turns', () => {
  it('are told again where they are near to the question, each with all that belongs to it', async () => {
    const { conversations } = conversationsWith({ maxTokens: 120, maxTurns: 1, embedder: letters() });
    const chat = conversations.open('a');
    await chat.add(exchange('aaaa', 'aaa'), { id: 'a' });
    await chat.add(exchange('bbbb', 'bbb'), { id: 'b' });
    await chat.add(withTool('cccc', 'c1', 'found'), { id: 'c' });
    await chat.add(exchange('dddd', 'ddd'), { id: 'd' });
    const { messages, recalled, recent } = await chat.context('accc');
    expect(recalled).toEqual(['a', 'c']);
    expect(recent).toEqual(['d']);
    expect(texts(messages)).toEqual(['aaaa', 'aaa', 'cccc', '', 'found', 'done', 'dddd', 'ddd', 'accc']);
  });

  it('are not told for saying what another one says', async () => {
    const { conversations } = conversationsWith({ maxTokens: 80, maxTurns: 1, embedder: letters() });
    const chat = conversations.open('a');
    for (const id of ['1', '2']) await chat.add(exchange('aaaaaa', 'aaa'), { id });
    await chat.add(exchange('aaabbb', 'bbb'), { id: '3' });
    await chat.add(exchange('dddd', 'ddd'), { id: '4' });
    expect((await chat.context('aaab')).recalled).toEqual(['1', '3']);
  });

  it('are told before those that are merely newer', async () => {
    const { conversations } = conversationsWith({ maxTokens: 40, embedder: letters() });
    const chat = conversations.open('a');
    await chat.add(exchange('aaaa', 'aaaa'), { id: 'a' });
    for (const id of ['b', 'c', 'd', 'e']) await chat.add(exchange('dddd', 'dddd'), { id });
    const { recalled, recent } = await chat.context('aa');
    expect({ recalled, recent }).toEqual({ recalled: ['a'], recent: ['c', 'd', 'e'] });
  });

  it('are left out when the embedder fails, which is said', async () => {
    const error = new AiworkError('AIWORK_OVERLOADED', 'too much');
    const embedder = { ...letters(), embed: () => Promise.reject(error) };
    const chat = conversationsWith({ maxTurns: 1, embedder }).conversations.open('a');
    for (const name of ['a', 'b']) await chat.add(exchange(name));
    const { messages, failures } = await chat.context('last?');
    expect(texts(messages)).toEqual(['b', 'ok', 'last?']);
    expect(failures).toEqual([{ of: 'recall', error }]);
  });
});

function letters() {
  return {
    id: 'letters',
    capabilities: {
      dimensions: 4,
      maxTexts: 2,
      maxTokens: 99,
      normalized: false,
      asymmetric: false,
      tolerance: 0,
    },
    embed: async (all: readonly string[]) => ({
      vectors: all.map((text) => Float32Array.from('abcd', (letter) => text.split(letter).length - 1)),
      tokens: 0,
      truncated: [],
    }),
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

describe('forgetting', () => {
  it('erases what is about somebody from all conversations, and tells how much', async () => {
    const { store, conversations } = conversationsWith();
    await conversations.open('a').add(exchange('I am Lovelace'), { about: ['ada'] });
    await conversations.open('b').add(exchange('Lovelace wrote'), { about: ['ada', 'books'] });
    await conversations.open('b').add([user('Tea?'), assistant('Yes')], { about: ['tea'] });
    expect(await conversations.forget({ about: 'ada' })).toEqual({
      turns: 2,
      summaries: 0,
      conversations: 1,
    });
    expect(await contentOf(store)).not.toContain('Lovelace');
    expect(await Array.fromAsync(conversations.list())).toEqual(['b']);
    expect(await conversations.forget({ about: 'ada' })).toEqual({
      turns: 0,
      summaries: 0,
      conversations: 0,
    });
  });

  it('erases a summary that may tell of it, which is made anew of what is left', async () => {
    const { store, conversations } = conversationsWith({
      maxTokens: 400,
      maxTurns: 1,
      summarise: (messages) =>
        texts(messages)
          .filter((text) => text !== 'ok')
          .join(' '),
    });
    const chat = conversations.open('a');
    await chat.add(exchange('I am Lovelace'), { about: ['ada'] });
    await chat.add(exchange('Tea'));
    await chat.add(exchange('Cake'));
    expect((await chat.context('?')).summary?.text).toContain('Lovelace');
    expect(await conversations.forget({ about: 'ada' })).toEqual({
      turns: 1,
      summaries: 1,
      conversations: 0,
    });
    expect(await contentOf(store)).not.toContain('Lovelace');
    expect((await chat.context('?')).summary?.text).toBe('Tea');
  });

  it('erases a summary of turns that are not kept any more', async () => {
    const { store, conversations } = conversationsWith({
      keep: { turns: 1 },
      summarise: (messages) => texts(messages).join(' '),
    });
    const chat = conversations.open('a');
    await chat.add(exchange('I am Lovelace'), { about: ['ada'] });
    await chat.add(exchange('Tea'));
    await chat.context('?');
    expect(await chat.turns()).toHaveLength(1);
    expect(await contentOf(store)).toContain('Lovelace');
    expect(await chat.forget({ about: 'ada' })).toEqual({ turns: 0, summaries: 1, conversations: 0 });
    expect(await contentOf(store)).not.toContain('Lovelace');
  });

  it('is not undone by a summary that was on its way', async () => {
    const { store, conversations } = conversationsWith({
      maxTurns: 1,
      async summarise(messages) {
        const text = texts(messages).join(' ');
        if (text.includes('Lovelace')) await conversations.forget({ about: 'ada' });
        return text;
      },
    });
    const chat = conversations.open('a');
    await chat.add(exchange('I am Lovelace'), { about: ['ada'] });
    await chat.add(exchange('Tea'));
    await chat.add(exchange('Cake'));
    const { messages, summary } = await chat.context('?');
    expect(await contentOf(store)).not.toContain('Lovelace');
    expect(JSON.stringify([messages, summary])).not.toContain('Lovelace');
  });

  it('is not undone by a summary that goes on from one that was erased', async () => {
    let isLate = false;
    const { store, conversations } = conversationsWith({
      maxTurns: 2,
      async summarise(messages) {
        if (isLate) await conversations.forget({ about: 'ada' });
        return texts(messages).join(' ');
      },
    });
    const chat = conversations.open('a');
    await chat.add(exchange('I am Lovelace'), { about: ['ada'] });
    for (const name of ['Tea', 'Cake']) await chat.add(exchange(name));
    expect((await chat.context('?')).summary?.text).toContain('Lovelace');
    isLate = true;
    for (const name of ['Pie', 'Jam']) await chat.add(exchange(name));
    expect((await chat.context('?')).summary).toBeUndefined();
    expect(await contentOf(store)).not.toContain('Lovelace');
  });

  it('goes by age and by count, by itself', async () => {
    let time = 0;
    const store = createMemoryStateStore({ now: () => time });
    const { conversations } = conversationsWith({ store, now: () => time, keep: { for: '1h', turns: 2 } });
    const chat = conversations.open('a');
    for (const name of ['one', 'two', 'three']) await chat.add(exchange(name));
    expect(texts((await chat.context('?')).messages)).toEqual(['two', 'ok', 'three', 'ok', '?']);
    time = 1_800_000;
    await chat.add(exchange('four'));
    time = 3_600_001;
    expect(texts((await chat.context('?')).messages)).toEqual(['four', 'ok', '?']);
    time = 5_400_001;
    expect(await store.get('conversation/a')).toBeUndefined();
  });

  it('takes a summary that tells of something too old', async () => {
    let time = 0;
    const { conversations } = conversationsWith({
      now: () => time,
      keep: { for: '1h' },
      maxTurns: 1,
      summarise: (messages) => texts(messages).join(' '),
    });
    const chat = conversations.open('a');
    await chat.add(exchange('old'));
    time = 1_800_000;
    await chat.add(exchange('newer'));
    await chat.add(exchange('newest'));
    expect((await chat.context('?')).summary?.text).toContain('old');
    time = 3_600_001;
    expect(await chat.summary()).toBeUndefined();
    expect((await chat.context('?')).summary?.text).toBe('newer ok');
  });

  it('refuses to be told nothing', async () => {
    const { conversations } = conversationsWith();
    for (const what of [{}, { about: '' }, { before: Number.NaN }])
      await expect(conversations.forget(what)).rejects.toMatchObject({ code: 'AIWORK_INVALID_ARGUMENT' });
  });

  it('deletes a whole conversation', async () => {
    const { conversations } = conversationsWith();
    await conversations.open('a').add(exchange('x'));
    expect(await conversations.delete('a')).toBe(true);
    expect(await conversations.delete('a')).toBe(false);
  });
});
