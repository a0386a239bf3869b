import type { Memory, MemoryFilter } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { show } from '../../engine/violation.ts';
import { docs, filtersTo, withLists } from './filtering.ts';
import { byFilteredText, foundIds, idsOf, numbered } from './searching.ts';

const hostileFields = [
  'a.b',
  'a',
  ' ',
  "it's",
  '"',
  '*',
  '%',
  'constructor',
  'toString',
  '__proto__',
  'ключ',
  '0',
  '\u0000',
];

export const filters: CheckGroup<Memory> = {
  id: 'filters',
  title: 'Filters',
  checks: [
    {
      id: 'memory.filters.equal',
      rule: 'A plain value, `$eq`, `$ne` and `$in` compare by value and by type',
      anchor: 'FilterCondition',
      why: 'a filter is often the wall between the data of two customers',
      when: byFilteredText,
      run: (t) =>
        filtersTo(t, docs, [
          [{ n: 0 }, 'a'],
          [{ n: '0' }, ''],
          [{ s: '' }, 'a'],
          [{ s: 'b' }, 'd'],
          [{ on: false }, 'ad'],
          [{ nil: null }, 'a'],
          [{ nil: 'null' }, 'b'],
          [{ n: { $eq: 10 } }, 'd'],
          [{ on: { $eq: true } }, 'bce'],
          [{ n: { $ne: 0 } }, 'bcde'],
          [{ s: { $ne: 'B' } }, 'abde'],
          [{ n: { $in: [0, 10, '1'] } }, 'ad'],
          [{ nil: { $in: [null, 'z'] } }, 'ae'],
          [{ n: { $in: [] } }, ''],
        ]),
    },
    {
      id: 'memory.filters.ordered',
      rule: '`$gt`, `$gte`, `$lt` and `$lte` compare numbers as numbers and strings by code units',
      anchor: 'FilterCondition',
      why: 'numbers that are compared as text put 10 before 2',
      when: byFilteredText,
      run: (t) =>
        filtersTo(t, docs, [
          [{ n: { $gt: 1 } }, 'cd'],
          [{ n: { $gt: 2 } }, 'd'],
          [{ n: { $gte: 1 } }, 'bcd'],
          [{ n: { $lt: 1 } }, 'ae'],
          [{ n: { $lte: 1 } }, 'abe'],
          [{ n: { $gt: 0, $lt: 10 } }, 'bc'],
          [{ s: { $gt: 'a' } }, 'de'],
          [{ s: { $gte: 'a' } }, 'bde'],
          [{ s: { $lt: 'a' } }, 'ac'],
          [{ s: { $lte: 'B' } }, 'ac'],
          [{ s: { $lt: '\uff5e' } }, 'abcde'],
        ]),
    },
    {
      id: 'memory.filters.exists',
      rule: '`$exists` says whether the field is there, whatever its value',
      anchor: 'FilterCondition',
      why: 'null, false and 0 are values',
      when: byFilteredText,
      run: (t) =>
        filtersTo(t, docs, [
          [{ n: { $exists: true } }, 'abcde'],
          [{ nil: { $exists: true } }, 'abcde'],
          [{ only: { $exists: true } }, 'a'],
          [{ only: { $exists: false } }, 'bcde'],
          [{ absent: { $exists: true } }, ''],
        ]),
    },
    {
      id: 'memory.filters.lists',
      rule: 'A list fits when one of its items does, and `$ne` when none of them is equal',
      anchor: 'FilterCondition',
      why: 'tags are lists: what carries a tag beside others would be shown to those it is kept from',
      when: byFilteredText,
      run: (t) =>
        filtersTo(t, withLists, [
          [{ tags: 'x' }, 'ac'],
          [{ tags: { $eq: 'x' } }, 'ac'],
          [{ tags: 7 }, 'b'],
          [{ tags: 'x,y' }, ''],
          [{ tags: { $ne: 'x' } }, 'bde'],
          [{ tags: { $in: ['y', 7] } }, 'ab'],
          [{ tags: { $gt: 8 } }, 'b'],
          [{ tags: { $gt: 7, $lt: 9 } }, 'b'],
          [{ tags: { $exists: true } }, 'abcde'],
          [{ $not: { tags: 'x' } }, 'bde'],
          [{ tags: { $in: [null] } }, ''],
        ]),
    },
    {
      id: 'memory.filters.missing',
      rule: 'A field that is missing fits `$ne` and `$exists: false`, and nothing else',
      anchor: 'FilterCondition',
      why: 'services differ on it: a filter moved from one to another lets through what it held back before',
      when: byFilteredText,
      run: (t) =>
        filtersTo(t, docs, [
          [{ only: { $ne: 1 } }, 'bcde'],
          [{ only: { $ne: null } }, 'abcde'],
          [{ only: null }, ''],
          [{ only: { $in: [null, 0] } }, ''],
          [{ only: { $lt: 5 } }, 'a'],
          [{ only: { $gte: '' } }, ''],
          [{ $not: { only: 1 } }, 'bcde'],
          [{ only: { $ne: 2, $exists: true } }, 'a'],
        ]),
    },
    {
      id: 'memory.filters.groups',
      rule: 'Fields are joined by "and"; `$and`, `$or` and `$not` join filters',
      anchor: 'FilterGroup',
      why: 'a condition that is dropped lets through what it was to hold back',
      when: byFilteredText,
      run: (t) =>
        filtersTo(t, docs, [
          [{ on: true, n: { $gt: 0 } }, 'bc'],
          [{ $and: [{ on: true }, { n: { $gt: 0 } }] }, 'bc'],
          [{ $or: [{ n: 0 }, { s: 'B' }] }, 'ac'],
          [{ $not: { on: true } }, 'ad'],
          [{ $not: { $or: [{ n: 0 }, { on: true }] } }, 'd'],
          [{ $and: [{ $or: [{ n: 0 }, { n: 1 }, { n: 10 }] }, { $not: { on: true } }] }, 'ad'],
          [{ $or: [{ n: 0 }, { n: 1 }], $not: { on: true } } as MemoryFilter, 'a'],
        ]),
    },
    {
      id: 'memory.filters.before-top-k',
      rule: 'The best of what fits the filter is found, however much that does not fit scores higher',
      anchor: 'MemoryQuery.filter',
      why: 'filtering the first page of hits finds nothing for small customers',
      when: byFilteredText,
      async run(t) {
        const memory = await t.open();
        const loud = numbered(300).map((n) => ({
          id: `a ${n}`,
          text: 'needle needle needle',
          metadata: { owner: 'big' },
        }));
        await memory.upsert([
          ...loud,
          { id: 'z', text: 'one needle in much and dry and yellow hay', metadata: { owner: 'small' } },
        ]);
        const hits = await memory.search({ text: 'needle', topK: 1, filter: { owner: 'small' } });
        t.same(idsOf(hits), ['z'], 'the best hit of the small owner');
      },
    },
    {
      id: 'memory.filters.hostile-fields',
      rule: 'Any string is a field of metadata and of filters, and none is read as syntax or found on a prototype',
      anchor: 'MemoryDoc.metadata',
      why: 'metadata comes from files and users',
      when: byFilteredText,
      async run(t) {
        const memory = await t.open();
        const metadata = (field: string) => JSON.parse(`{${JSON.stringify(field)}: "here"}`);
        const fields = hostileFields.map((field, n) => ({ field, id: `doc ${n}` }));
        await memory.upsert(
          fields.map(({ field, id }) => ({ id, text: 'needle', metadata: metadata(field) })),
        );
        for (const { field, id } of fields) {
          const name = JSON.stringify(field);
          t.same(
            await foundIds(memory, 'needle', metadata(field)),
            [id],
            `what a filter on the field ${name} lets through`,
          );
          const exists = JSON.parse(`{${name}: {"$exists": true}}`);
          t.same(
            await foundIds(memory, 'needle', exists),
            [id],
            `the documents in which the field ${name} exists`,
          );
          const [hit] = await memory.search({ text: 'needle', topK: 1, filter: exists });
          t.same(
            Object.keys(hit?.metadata ?? {}),
            [field],
            `the fields of the document with the field ${name}`,
          );
        }
      },
    },
    {
      id: 'memory.filters.refuses-unknown',
      rule: 'A filter with an operator, a group or an operand that there is not is refused',
      anchor: 'MemoryFilter',
      why: 'a misspelt condition that is ignored shows everything to everybody',
      when: byFilteredText,
      async run(t) {
        const memory = await t.open();
        await memory.upsert(docs);
        for (const filter of [
          { n: { $regex: '.' } },
          { $nor: [{ n: 1 }] },
          { n: { $gt: 0, $most: 1 } },
          { n: {} },
          { n: undefined },
          { n: Number.NaN },
          { n: [0] },
          { n: { $in: 0 } },
          { n: { $in: [{}] } },
          { n: { $gt: null } },
          { n: { $exists: 'no' } },
          { $or: [] },
          { $and: [] },
          { $not: null },
          7,
          null,
        ]) {
          await t.refuses(
            () => memory.search({ text: 'needle', topK: 5, filter: filter as never }),
            `search() with the filter ${show(filter)}`,
            { code: 'AIWORK_INVALID_ARGUMENT', notApplied: false },
          );
        }
      },
    },
  ],
};
