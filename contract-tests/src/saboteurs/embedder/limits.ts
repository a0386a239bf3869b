import type { Embedder } from '@aiwork/core';
import { inClients, type Saboteur } from '../saboteur.ts';
import { madeOf } from './reference.ts';
import { correctParts } from './reference-embedder.ts';

const { capabilities, check } = correctParts;

export const limitSaboteurs: readonly Saboteur<Embedder>[] = [
  {
    id: 'can-be-changed',
    breaks: 'Gives capabilities that are not frozen',
    caughtBy: [{ check: 'embedder.limits.declared', message: 'capabilities to be frozen' }],
    sabotage: madeOf({ capabilities: { ...capabilities } }),
  },
  {
    id: 'has-no-name',
    breaks: 'Names no model',
    caughtBy: [{ check: 'embedder.limits.declared', message: 'an id that says something' }],
    sabotage: inClients<Embedder>(() => ({ id: '' })),
  },
  {
    id: 'takes-one-less',
    breaks: 'Takes one text less than it declares',
    caughtBy: [{ check: 'embedder.limits.many-texts', message: 'more than maxTexts' }],
    sabotage: madeOf({
      check: (texts, options) =>
        check(texts.length === capabilities.maxTexts ? [...texts, ''] : texts, options),
    }),
  },
  {
    id: 'takes-any-number',
    breaks: 'Takes more texts than it declares',
    caughtBy: [{ check: 'embedder.limits.many-texts', message: 'embed() of 33 texts to be refused' }],
    sabotage: madeOf({ check: (texts, options) => check(texts?.slice(0, 2), options) }),
  },
  {
    id: 'reads-objects',
    breaks: 'Makes everything a string',
    caughtBy: [{ check: 'embedder.limits.no-texts', message: 'embed() of a number to be refused' }],
    sabotage: inClients((embedder) => ({
      embed: (texts, options) =>
        embedder.embed(Array.isArray(texts) ? texts.map((text) => `${text}`) : texts, options),
    })),
  },
  {
    id: 'does-not-say-which',
    breaks: 'Does not say which of the texts is none',
    caughtBy: [{ check: 'embedder.limits.no-texts', message: 'the message about a number to name index 1' }],
    sabotage: madeOf({
      check(texts, options) {
        const isWrong = Array.isArray(texts) && texts.some((text) => typeof text !== 'string');
        check(isWrong ? ([12] as never) : texts, options);
      },
    }),
  },
  {
    id: 'any-kind',
    breaks: 'Takes what it does not know for the default',
    caughtBy: [{ check: 'embedder.limits.unknown-options', message: 'embed() with {"kind":"qurey"}' }],
    sabotage: madeOf({ check: (texts) => check(texts, {}) }),
  },
];
