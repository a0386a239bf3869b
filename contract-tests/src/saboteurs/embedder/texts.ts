import { AiworkError, type Embedder } from '@aiwork/core';
import { inClients, type Saboteur } from '../saboteur.ts';
import { madeOf } from './reference.ts';
import { correctParts } from './reference-embedder.ts';

const { tokens, capabilities, check } = correctParts;

export const textSaboteurs: readonly Saboteur<Embedder>[] = [
  {
    id: 'wants-texts',
    breaks: 'Refuses a list without texts',
    caughtBy: [{ check: 'embedder.texts.none', message: 'AIWORK_INVALID_ARGUMENT' }],
    sabotage: madeOf({
      check(texts, options) {
        check(texts, options);
        if (texts.length === 0) throw new AiworkError('AIWORK_INVALID_ARGUMENT', 'there are no texts');
      },
    }),
  },
  {
    id: 'wants-words',
    breaks: 'Refuses a text without words',
    caughtBy: [{ check: 'embedder.texts.every-string', message: 'no words' }],
    sabotage: madeOf({
      check(texts, options) {
        check(texts, options);
        if (texts.includes('')) throw new AiworkError('AIWORK_INVALID_ARGUMENT', 'a text has no words');
      },
    }),
  },
  {
    id: 'reads-surrogates',
    breaks: 'Reads an unpaired surrogate as nothing',
    caughtBy: [
      { check: 'embedder.texts.unpaired-surrogates', message: 'and of that with U+FFFD to differ by' },
    ],
    sabotage: madeOf({ tokens: (text) => tokens(text.replaceAll(/\p{Surrogate}/gu, '')) }),
  },
  {
    id: 'cuts-in-silence',
    breaks: 'Cuts ends off and does not say so',
    caughtBy: [
      {
        check: 'embedder.texts.end-cut-off',
        message: 'the texts that are said to be cut off to be [ 1, 3 ]',
      },
    ],
    sabotage: inClients((embedder) => ({
      embed: async (texts, options) => ({ ...(await embedder.embed(texts, options)), truncated: [] }),
    })),
  },
  {
    id: 'cuts-the-beginning',
    breaks: 'Reads the last tokens of a long text',
    caughtBy: [
      { check: 'embedder.texts.end-cut-off', message: 'the vectors of texts that differ behind the cut' },
    ],
    sabotage: madeOf({
      tokens(text) {
        const all = tokens(text);
        return all.length > capabilities.maxTokens ? all.toReversed() : all;
      },
    }),
  },
  {
    id: 'reads-on',
    breaks: 'Reads more tokens than it declares',
    caughtBy: [
      {
        check: 'embedder.texts.end-cut-off',
        message: 'the texts that are said to be cut off to be [ 1, 3 ]',
      },
      { check: 'embedder.texts.overlong-refused', message: 'to be refused with AIWORK_LIMIT_EXCEEDED' },
    ],
    sabotage: madeOf({
      tokens(text) {
        const all = tokens(text);
        const { maxTokens } = capabilities;
        return all.length < 2 * maxTokens
          ? [...all.slice(0, maxTokens - 1), all.slice(maxTokens).join(' ')]
          : all;
      },
    }),
  },
  {
    id: 'cuts-what-was-to-be-refused',
    breaks: 'Cuts off what it was asked to refuse',
    caughtBy: [
      { check: 'embedder.texts.overlong-refused', message: 'to be refused with AIWORK_LIMIT_EXCEEDED' },
    ],
    sabotage: inClients((embedder) => ({
      embed: (texts, { overlong: _, ...options } = {}) => embedder.embed(texts, options),
    })),
  },
  {
    id: 'counts-characters',
    breaks: 'Counts tokens of the longest text only',
    caughtBy: [{ check: 'embedder.texts.tokens-add-up', message: 'the tokens of the texts together to be' }],
    sabotage: inClients((embedder) => ({
      async embed(texts, options) {
        const embeddings = await embedder.embed(texts, options);
        return { ...embeddings, tokens: Math.round(embeddings.tokens / Math.max(1, texts.length)) };
      },
    })),
  },
];
