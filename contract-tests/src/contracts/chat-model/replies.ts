import type { ModelUsage } from '@aiwork/core';
import type { ProviderReply } from '../../chat-server/provider-reply.ts';
import type { CheckGroup } from '../../engine/contract.ts';
import { ask, callsOf, question, textOf } from './asking.ts';
import type { ChatModelUnderTest } from './chat-model-under-test.ts';

/** Characters of one to four bytes, joined ones, and what is syntax elsewhere. */
const unicode = ['Grüße ', '— 日本語 ', '👩‍👩‍👧 🇩🇪', ' e\u0301 \u2028 "\\n" ', 'data: [DONE]\n\n: end'];

const everything: ProviderReply = {
  text: unicode,
  toolCalls: [{ id: 'call_ü', name: 'note', input: ['{"text":"', '日本', '語 👩‍👩‍👧"}'] }],
  reason: 'tool-calls',
  usage: { inputTokens: 12, outputTokens: 34 },
};

export const replies: CheckGroup<ChatModelUnderTest> = {
  id: 'replies',
  title: 'Texts, ends and usage',
  checks: [
    {
      id: 'chat-model.replies.text',
      rule: 'The pieces of a text are given in order, nothing is lost or added, and `done` is the last chunk and the only one',
      anchor: 'ChatChunk',
      why: 'an answer with a hole in it reads as if it was whole',
      async run(t) {
        const { model, provider } = await t.open();
        const text = ['The ', 'answer', '\n', ' is ', '42', '.'];
        provider.reply({ text, reason: 'stop' });
        const chunks = await ask(model);
        t.same(textOf(chunks), text.join(''), 'the text');
        const ends = chunks.flatMap(({ type }, place) => (type === 'done' ? [place] : []));
        t.same(ends, [chunks.length - 1], 'the places of done');
        t.same(chunks.at(-1), { type: 'done', reason: 'stop' }, 'the last chunk');
      },
    },
    {
      id: 'chat-model.replies.streamed',
      rule: 'A piece of text is given when it has come, before the reply is over',
      anchor: 'ChatModel.stream',
      why: 'whoever waits for the answer sees nothing until its end',
      async run(t) {
        const { model, provider } = await t.open();
        const seen = Promise.withResolvers<void>();
        provider.play(async (exchange) => {
          const events = exchange.events({ text: ['first', 'second'], reason: 'stop' });
          const until = events.findIndex((event) => event.includes('first')) + 1;
          await exchange.begin();
          for (const event of events.slice(0, until)) await exchange.send(event);
          await seen.promise;
          for (const event of events.slice(until)) await exchange.send(event);
          exchange.end();
        });
        const chunks = model.stream(question, { signal: t.signal })[Symbol.asyncIterator]();
        t.same(
          (await chunks.next()).value,
          { type: 'text', text: 'first' },
          'the chunk before the rest was sent',
        );
        seen.resolve();
        t.same((await chunks.next()).value, { type: 'text', text: 'second' }, 'the next chunk');
        await chunks.return?.();
      },
    },
    {
      id: 'chat-model.replies.any-boundary',
      rule: 'A reply is the same wherever the network cuts its bytes',
      anchor: 'ChatModel.stream',
      why: 'letters beyond ASCII are broken now and then, by chance and on slow networks',
      async run(t) {
        const { model, provider } = await t.open();
        for (const pieceBytes of [1, 3, 64, 1_000_000]) {
          provider.reply(everything, { pieceBytes });
          const chunks = await ask(model);
          t.same(textOf(chunks), unicode.join(''), `the text that came ${pieceBytes} bytes at a time`);
          const called = [{ id: 'call_ü', name: 'note', input: { text: '日本語 👩‍👩‍👧' } }];
          t.same(callsOf(chunks), called, `the call that came ${pieceBytes} bytes at a time`);
        }
      },
    },
    {
      id: 'chat-model.replies.line-ends',
      rule: 'Lines may end in CR LF, and what only keeps the connection alive is no part of a reply',
      anchor: 'ChatModel.stream',
      why: 'gateways send both: the reply is empty, or fails',
      async run(t) {
        const { model, provider } = await t.open();
        for (const pieceBytes of [1, 1_000_000]) {
          provider.reply(everything, { lineEnd: '\r\n', keepAlives: true, pieceBytes });
          t.same(textOf(await ask(model)), unicode.join(''), 'the text between keep-alives, with CR LF');
        }
      },
    },
    {
      id: 'chat-model.replies.reasons',
      rule: '`done` says why the reply ended: by itself, at a length limit, or by a content filter',
      anchor: 'ChatChunk',
      why: 'half an answer is taken for a whole one',
      async run(t) {
        const { model, provider } = await t.open();
        for (const reason of ['stop', 'length', 'content-filter'] as const) {
          provider.reply({ text: ['So'], reason });
          t.same((await ask(model)).at(-1), { type: 'done', reason }, 'the last chunk');
        }
      },
    },
    {
      id: 'chat-model.replies.nothing-said',
      rule: 'A reply without any text is one',
      anchor: 'ChatChunk',
      why: 'models do that, and a run would fail by a crash',
      async run(t) {
        const { model, provider } = await t.open();
        provider.reply({ reason: 'stop' });
        const chunks = await ask(model);
        t.same(textOf(chunks), '', 'the text');
        t.same(chunks.at(-1), { type: 'done', reason: 'stop' }, 'the last chunk');
      },
    },
    {
      id: 'chat-model.replies.usage',
      rule: 'The usage is told once, and counts all that the provider counts, with the details that it tells',
      anchor: 'ModelUsage',
      why: 'budgets that count less than is paid hold nothing',
      async run(t) {
        const { model, provider } = await t.open();
        const all: ModelUsage = {
          inputTokens: 1000,
          outputTokens: 70,
          cachedInputTokens: 600,
          cacheWriteTokens: 100,
          reasoningTokens: 50,
          cost: 0.0123,
        };
        const { usageDetails, costOf } = t.capabilities;
        const details = Object.fromEntries(usageDetails.map((detail) => [detail, all[detail]]));
        const usage: ModelUsage = { inputTokens: 1000, outputTokens: 70, ...details };
        provider.reply({ text: ['Hi'], reason: 'stop', usage: all });
        const told = (await ask(model)).filter(({ type }) => type === 'usage');
        const cost = usage.cost ?? costOf?.(usage);
        t.same(
          told,
          [{ type: 'usage', ...usage, ...(cost !== undefined && { cost }) }],
          'the chunks of usage',
        );
      },
    },
  ],
};
