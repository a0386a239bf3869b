import type { Embedder } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { vectorOf } from './embedding.ts';

/** More texts than this are not made to see whether they are refused. */
const manyTexts = 100_000;

export const limits: CheckGroup<Embedder> = {
  id: 'limits',
  title: 'What is declared, and what is refused',
  checks: [
    {
      id: 'embedder.limits.declared',
      rule: 'What an embedder can do is frozen and says something; `id` names the model',
      anchor: 'EmbedderCapabilities',
      why: 'an index of another size, or of another model, takes the vectors and finds nothing',
      async run(t) {
        const { capabilities, id } = await t.open();
        const { dimensions, maxTexts, maxTokens, tolerance } = capabilities;
        t.that(Object.isFrozen(capabilities), 'capabilities to be frozen', capabilities);
        t.that(typeof id === 'string' && id.trim() !== '', 'an id that says something', id);
        for (const [name, count] of Object.entries({ dimensions, maxTexts }))
          t.that(Number.isSafeInteger(count) && count > 0, `${name} to be a whole number above 0`, count);
        const isCount = Number.isSafeInteger(maxTokens) || maxTokens === Number.POSITIVE_INFINITY;
        t.that(isCount && maxTokens > 0, 'maxTokens to be a whole number above 0, or Infinity', maxTokens);
        t.that(tolerance >= 0 && tolerance < 0.1, 'a tolerance from 0 to below 0.1', tolerance);
      },
    },
    {
      id: 'embedder.limits.many-texts',
      rule: '`maxTexts` texts are embedded, one more is refused with `AIWORK_LIMIT_EXCEEDED`',
      anchor: 'EmbedderCapabilities.maxTexts',
      why: 'callers split their lists by what is declared',
      when: ({ maxTexts }) => maxTexts <= manyTexts || 'it takes more texts than are tried',
      async run(t) {
        const { maxTexts } = t.capabilities;
        const embedder = await t.open();
        const most = Array.from({ length: maxTexts }, () => 'a');
        t.same(
          (await embedder.embed(most)).vectors.length,
          maxTexts,
          `the number of vectors of ${maxTexts} texts`,
        );
        await t.refuses(() => embedder.embed([...most, 'a']), `embed() of ${maxTexts + 1} texts`, {
          code: 'AIWORK_LIMIT_EXCEEDED',
          notApplied: false,
        });
      },
    },
    {
      id: 'embedder.limits.no-texts',
      rule: 'What is no list of strings is refused with `AIWORK_INVALID_ARGUMENT`, naming what is none by its index',
      anchor: 'Embedder',
      why: 'an object in a list becomes "[object Object]", which is a vector like any other',
      async run(t) {
        const embedder = await t.open();
        for (const [name, value] of [
          ['a number', 12],
          ['null', null],
          ['nothing', undefined],
          ['a list', ['a']],
          ['an object', { toString: () => 'a' }],
        ] as const) {
          const list = ['a', value].slice(-t.capabilities.maxTexts);
          const error = await t.refuses(() => embedder.embed(list as never), `embed() of ${name}`, {
            code: 'AIWORK_INVALID_ARGUMENT',
            notApplied: false,
          });
          const index = `${list.length - 1}`;
          t.that(error.message.includes(index), `the message about ${name} to name index ${index}`, error);
        }
        for (const list of ['a', undefined, { 0: 'a', length: 1 }])
          await t.refuses(() => embedder.embed(list as never), 'embed() of what is no list', {
            code: 'AIWORK_INVALID_ARGUMENT',
            notApplied: false,
          });
        t.same(
          (await vectorOf(embedder, 'a')).length,
          t.capabilities.dimensions,
          'the components of a vector after bad calls',
        );
      },
    },
    {
      id: 'embedder.limits.unknown-options',
      rule: 'An unknown `kind` or `overlong` is refused with `AIWORK_INVALID_ARGUMENT`',
      anchor: 'EmbedOptions.kind',
      why: 'a query whose kind is written wrongly is embedded as a document',
      async run(t) {
        const embedder = await t.open();
        for (const options of [{ kind: 'qurey' }, { kind: 1 }, { overlong: 'cut-off' }, { overlong: true }])
          await t.refuses(
            () => embedder.embed(['a'], options as never),
            `embed() with ${JSON.stringify(options)}`,
            { code: 'AIWORK_INVALID_ARGUMENT', notApplied: false },
          );
      },
    },
  ],
};
