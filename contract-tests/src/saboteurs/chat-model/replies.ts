import type { ChatModelUnderTest } from '../../contracts/chat-model/chat-model-under-test.ts';
import type { Saboteur } from '../saboteur.ts';
import { broken, chunksAs, ruled } from './broken.ts';

export const replySaboteurs: readonly Saboteur<ChatModelUnderTest>[] = [
  {
    id: 'drops-blank-texts',
    breaks: 'Takes a piece of text that is only white space for nothing',
    caughtBy: [{ check: 'chat-model.replies.text', message: 'the text to be' }],
    sabotage: chunksAs((chunk) => (chunk.type === 'text' && chunk.text.trim() === '' ? [] : [chunk])),
  },
  {
    id: 'says-done-twice',
    breaks: 'Ends a reply when the provider does, and once more when the connection does',
    caughtBy: [{ check: 'chat-model.replies.text', message: 'the places of done to be' }],
    sabotage: chunksAs((chunk) => (chunk.type === 'done' ? [chunk, chunk] : [chunk])),
  },
  {
    id: 'collects-first',
    breaks: 'Gives the pieces when it has all of them',
    caughtBy: [{ check: 'chat-model.replies.streamed', message: 'an answer within' }],
    deadlineMs: 2000,
    sabotage: broken((model) => ({
      async *stream(request, options) {
        yield* await Array.fromAsync(model.stream(request, options));
      },
    })),
  },
  {
    id: 'decodes-packet-by-packet',
    breaks: 'Makes text of each network packet by itself',
    caughtBy: [
      { check: 'chat-model.replies.any-boundary', message: 'the text that came 1 bytes at a time to be' },
    ],
    sabotage: ruled({ decoder: () => (bytes) => new TextDecoder().decode(bytes) }),
  },
  {
    id: 'takes-packets-for-events',
    breaks: 'Takes a network packet for whole lines',
    caughtBy: [{ check: 'chat-model.replies.any-boundary', message: 'the calls of this check to succeed' }],
    sabotage: ruled({ keepsRest: false }),
  },
  {
    id: 'knows-line-feeds-alone',
    breaks: 'Knows no line that ends in CR LF',
    caughtBy: [{ check: 'chat-model.replies.line-ends', message: 'the calls of this check to succeed' }],
    sabotage: ruled({ lineEnd: /\n/ }),
  },
  {
    id: 'parses-comments',
    breaks: 'Takes every line for data, also a comment that keeps the connection alive',
    caughtBy: [{ check: 'chat-model.replies.line-ends', message: 'the calls of this check to succeed' }],
    sabotage: ruled({ dataIn: (lines) => lines.map((line) => line.replace(/^(data)?: ?/, '')).join('\n') }),
  },
  {
    id: 'always-stops',
    breaks: 'Says of every reply that it ended by itself',
    caughtBy: [{ check: 'chat-model.replies.reasons', message: "reason: 'length'" }],
    sabotage: chunksAs((chunk) => (chunk.type === 'done' ? [{ type: 'done', reason: 'stop' }] : [chunk])),
  },
  {
    id: 'wants-a-text',
    breaks: 'Fails where a reply has no text',
    caughtBy: [{ check: 'chat-model.replies.nothing-said', message: 'the calls of this check to succeed' }],
    sabotage: broken((model) => ({
      async *stream(request, options) {
        const chunks = await Array.fromAsync(model.stream(request, options));
        if (!chunks.some(({ type }) => type === 'text')) throw new TypeError('text of undefined');
        yield* chunks;
      },
    })),
  },
  {
    id: 'counts-no-cached-tokens',
    breaks: 'Leaves out what a cache of the provider knew',
    caughtBy: [{ check: 'chat-model.replies.usage', message: 'the chunks of usage to be' }],
    sabotage: chunksAs((chunk) => {
      if (chunk.type !== 'usage') return [chunk];
      const { cachedInputTokens, ...rest } = chunk;
      return [{ ...rest, inputTokens: rest.inputTokens - (cachedInputTokens ?? 0) }];
    }),
  },
  {
    id: 'tells-usage-twice',
    breaks: 'Tells the usage at the beginning and at the end',
    caughtBy: [{ check: 'chat-model.replies.usage', message: 'the chunks of usage to be' }],
    sabotage: chunksAs((chunk) => (chunk.type === 'usage' ? [chunk, chunk] : [chunk])),
  },
  {
    id: 'forgets-its-price',
    breaks: 'Tells no cost, though it knows its price',
    caughtBy: [{ check: 'chat-model.replies.usage', message: 'the chunks of usage to be' }],
    sabotage: chunksAs((chunk) => {
      if (chunk.type !== 'usage') return [chunk];
      const { cost: _, ...rest } = chunk;
      return [rest];
    }),
  },
];
