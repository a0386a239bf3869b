import type { Embedder } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { embedAll, mixedTexts, sameVector, vectorOf } from './embedding.ts';

/** Texts at which tokenizers stumble, or take too long. */
const hostileTexts: ReadonlyMap<string, string> = new Map([
  ['no text', ''],
  ['blanks', ' \t\r\n\u00a0\u2003'],
  ['a zero of C', '\u0000'],
  ['control characters', '\u0001\u001b[2J\u007f\u009b'],
  ['an unpaired surrogate', 'half \ud83d of it'],
  ['emoji of several code points', '👩‍👩‍👧‍👦🏳️‍🌈🇿🇼'],
  ['combining marks', `Z${'\u0351\u0306'.repeat(500)}`],
  ['Chinese, Japanese and Korean', '今日は雨です。오늘은 비가 온다'],
  ['right to left', '\u202eשלום\u202c'],
  ['names of tokens', '[CLS] [SEP] [PAD] <s> </s> <pad> <|endoftext|>'],
  ['a word of 100,000 letters', 'a'.repeat(100_000)],
  ['100,000 emoji', '\u{1f600}'.repeat(100_000)],
  ['20,000 words', 'rain '.repeat(20_000)],
]);

const isLimited = ({ maxTokens }: Embedder['capabilities']) =>
  maxTokens < 1e6 || 'it reads a million tokens and more';

/** More words than `maxTokens`, of which each is a token at least. */
const overlongText = (maxTokens: number, end: string) => `${'rain '.repeat(maxTokens + 8)}${end}`;

export const texts: CheckGroup<Embedder> = {
  id: 'texts',
  title: 'Texts',
  checks: [
    {
      id: 'embedder.texts.none',
      rule: 'No texts give no vectors',
      anchor: 'Embedder.embed',
      why: 'a step that has nothing to embed fails',
      async run(t) {
        const embedder = await t.open();
        t.same(await embedder.embed([]), { vectors: [], tokens: 0, truncated: [] }, 'what no texts give');
      },
    },
    {
      id: 'embedder.texts.every-string',
      rule: 'Every string is a text and has a vector, and changes none of another text',
      anchor: 'Embedder',
      why: 'one strange line of a document stops the work on all',
      async run(t) {
        const embedder = await t.open();
        const { dimensions, maxTexts } = t.capabilities;
        const expected = await vectorOf(embedder, 'rain');
        for (const [name, text] of hostileTexts) {
          const { vectors } = await embedder.embed([text, 'rain'].slice(0, maxTexts));
          const [vector, neighbour] = vectors;
          t.that(
            vector?.length === dimensions && vector.every(Number.isFinite),
            `a vector of finite numbers for ${name}`,
            vector,
          );
          if (maxTexts > 1)
            sameVector(t, neighbour, expected, `the vectors of "rain" beside ${name} and alone`);
        }
      },
    },
    {
      id: 'embedder.texts.unpaired-surrogates',
      rule: 'Of an unpaired surrogate, U+FFFD is read',
      anchor: 'Embedder',
      why: 'a text that was cut in the middle of an emoji gets a vector of chance, or none',
      async run(t) {
        const embedder = await t.open();
        const [cut, mended] = ['half \ud83d of it', 'half \ufffd of it'];
        sameVector(
          t,
          await vectorOf(embedder, cut),
          await vectorOf(embedder, mended),
          'the vectors of a text with an unpaired surrogate and of that with U+FFFD',
        );
      },
    },
    {
      id: 'embedder.texts.end-cut-off',
      rule: 'Of a text of more than `maxTokens` the end is cut off, and that is reported',
      anchor: 'Embeddings.truncated',
      why: 'a document is not found by its second half, and nobody knows',
      when: isLimited,
      async run(t) {
        const { maxTokens } = t.capabilities;
        const embedder = await t.open();
        const [one, other] = ['harbour', 'shoes'].map((end) => overlongText(maxTokens, end));
        const long = ['rain', one as string, 'a', other as string];
        const { vectors, truncated } = await embedAll(embedder, long);
        t.same(truncated, [1, 3], 'the texts that are said to be cut off');
        sameVector(t, vectors[1], vectors[3], 'the vectors of texts that differ behind the cut');
        const short = await embedAll(
          embedder,
          mixedTexts.filter(({ length }) => length < maxTokens),
        );
        t.same(short.truncated, [], 'the texts that are said to be cut off, of short ones');
      },
    },
    {
      id: 'embedder.texts.overlong-refused',
      rule: 'Where it is asked for, a text of more than `maxTokens` is refused instead, and shorter ones are not',
      anchor: 'EmbedOptions.overlong',
      why: 'who must not lose an end has to be able to say so',
      when: isLimited,
      async run(t) {
        const embedder = await t.open();
        const long = overlongText(t.capabilities.maxTokens, 'harbour');
        await t.refuses(
          () => embedder.embed([long], { overlong: 'refuse' }),
          'embed() of an overlong text with overlong: refuse',
          { code: 'AIWORK_LIMIT_EXCEEDED', notApplied: false },
        );
        await embedder.embed([long]);
        const { vectors } = await embedder.embed(['rain'], { overlong: 'refuse' });
        sameVector(
          t,
          vectors[0],
          await vectorOf(embedder, 'rain'),
          'the vectors of a text that is short enough',
        );
      },
    },
    {
      id: 'embedder.texts.tokens-add-up',
      rule: 'The tokens of a call are those of its texts together, each time',
      anchor: 'Embeddings.tokens',
      why: 'what is counted is what is paid for',
      async run(t) {
        const embedder = await t.open();
        const counts: number[] = [];
        for (const text of mixedTexts) counts.push((await embedder.embed([text])).tokens);
        t.that(
          counts.every((count) => Number.isSafeInteger(count) && count > 0),
          'a whole number of tokens for each text',
          counts,
        );
        const sum = counts.reduce((total, count) => total + count, 0);
        t.same((await embedAll(embedder, mixedTexts)).tokens, sum, 'the tokens of the texts together');
      },
    },
  ],
};
