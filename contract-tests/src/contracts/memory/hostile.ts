import type { Memory } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { hostileKeys, malformedKeys } from '../hostile-keys.ts';
import { byText, found, foundIds, withoutScore } from './searching.ts';

const queries = [
  '"',
  '""',
  '*',
  'needle*',
  '(needle',
  'needle)',
  'needle AND',
  'NOT',
  '+',
  '-needle',
  'id:needle',
  '\\',
  '~',
  "'",
  '%',
  '\u0000',
  '{}',
  '[',
  '/',
  '^2',
  '?',
];

export const hostile: CheckGroup<Memory> = {
  id: 'hostile',
  title: 'Hostile ids, texts and queries',
  checks: [
    {
      id: 'memory.hostile.ids-stay-apart',
      rule: 'Any well-formed string is an id of its own',
      anchor: 'MemoryDoc.id',
      why: 'ids are made of paths and addresses: two that are folded into one replace each other',
      when: byText,
      async run(t) {
        const memory = await t.open();
        await memory.upsert(hostileKeys.map((id) => ({ id, text: `needle of ${JSON.stringify(id)}` })));
        t.same(await memory.count(), hostileKeys.length, 'the count of hostile ids');
        t.same(await foundIds(memory, 'needle'), [...hostileKeys].sort(), 'the ids found');
        let left = hostileKeys.length;
        for (const id of hostileKeys) {
          t.same(await memory.delete([id]), 1, `what delete() of ${JSON.stringify(id)} gives`);
          left -= 1;
          t.same(await memory.count(), left, `the count after ${JSON.stringify(id)} was deleted`);
        }
      },
    },
    {
      id: 'memory.hostile.id-length',
      rule: 'An id of 512 characters works, one of 513 is refused',
      anchor: 'MemoryDoc.id',
      why: 'ids that are cut off at a limit become one',
      when: byText,
      async run(t) {
        const memory = await t.open();
        const longest = 'i'.repeat(512);
        await memory.upsert([{ id: longest, text: 'needle' }]);
        t.same(await foundIds(memory, 'needle'), [longest], 'the id of 512 characters');
        const wide = ['1', '2'].map((end) => `${'\u20ac'.repeat(511)}${end}`);
        await memory.upsert(wide.map((id) => ({ id, text: 'walnut' })));
        t.same(await foundIds(memory, 'walnut'), wide, 'the ids of 512 characters with three bytes each');
        t.same(await memory.delete(wide), 2, 'what delete() of these ids gives');
        const upsert = () => memory.upsert([{ id: `${longest}i`, text: 'needle' }]);
        await t.refuses(upsert, 'upsert() of an id of 513 characters', {
          code: ['AIWORK_LIMIT_EXCEEDED', 'AIWORK_INVALID_ARGUMENT'],
        });
        t.same(await memory.count(), 1, 'the count after that');
      },
    },
    {
      id: 'memory.hostile.refuses-malformed-ids',
      rule: 'What is not a well-formed string of at least one character is refused as an id',
      anchor: 'MemoryDoc.id',
      why: 'unpaired surrogates have no form in UTF-8: two ids would become one',
      when: byText,
      async run(t) {
        const memory = await t.open();
        const refusal = { code: 'AIWORK_INVALID_ARGUMENT' } as const;
        for (const [name, id] of malformedKeys) {
          await t.refuses(
            () => memory.upsert([{ id: id as string, text: 'needle' }]),
            `upsert() of ${name} as id`,
            refusal,
          );
          await t.refuses(() => memory.delete([id as string]), `delete() of ${name} as id`, refusal);
        }
        t.same(await memory.count(), 0, 'the count after refused ids');
      },
    },
    {
      id: 'memory.hostile.texts-come-back',
      rule: 'A text comes back character by character as it was given',
      anchor: 'MemoryDoc.text',
      why: 'what is folded for searching must not be folded for reading',
      when: byText,
      async run(t) {
        const memory = await t.open();
        const docs = hostileKeys.map((text, n) => ({ id: `${n}`, text: `${text} needle ${text}` }));
        await memory.upsert(docs);
        for (const hit of await found(memory, 'needle')) {
          t.same(
            withoutScore(hit),
            docs[Number(hit.id)],
            `the document with ${JSON.stringify(hostileKeys[Number(hit.id)])}`,
          );
        }
        t.same((await found(memory, 'needle')).length, docs.length, 'the number of documents found');
      },
    },
    {
      id: 'memory.hostile.queries-are-no-syntax',
      rule: 'A query is text and never reaches the syntax of the service',
      anchor: 'MemoryQuery.text',
      why: 'users put quotation marks and brackets into their questions',
      when: byText,
      async run(t) {
        const memory = await t.open();
        await memory.upsert([
          { id: 'doc', text: 'needle' },
          { id: 'other', text: 'hay' },
        ]);
        for (const text of queries) {
          const ids = await foundIds(memory, text);
          t.that(Array.isArray(ids), `search(${JSON.stringify(text)}) to give hits`, ids);
          t.that(
            !ids.includes('other'),
            `search(${JSON.stringify(text)}) not to find what has none of its words`,
            ids,
          );
        }
        t.same(await memory.count(), 2, 'the count after hostile queries');
      },
    },
  ],
};
