import type { Memory, MemoryDoc } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { byText, found, foundIds, numbered, withoutScore, wordFor } from './searching.ts';

const invalid: readonly (readonly [name: string, doc: unknown])[] = [
  ['without an id', { text: 'needle' }],
  ['whose id is empty', { id: '', text: 'needle' }],
  ['whose id has an unpaired surrogate', { id: 'half \ud83d', text: 'needle' }],
  ['whose text is a number', { id: 'broken', text: 7 }],
];

/** What is lost in a column of numbers with few digits, in a collation, or in a guess at dates. */
const awkward = { third: 0.1 + 0.2, large: 2 ** 53 - 1, apart: 'e\u0301', at: '2026-11-21T09:30:00.000Z' };

export const documents: CheckGroup<Memory> = {
  id: 'documents',
  title: 'Documents',
  checks: [
    {
      id: 'memory.documents.round-trip',
      rule: 'A document is found with the id, text and metadata it was stored with',
      anchor: 'MemoryDoc',
      why: 'an agent cites what it finds',
      when: byText,
      async run(t) {
        const memory = await t.open();
        const docs: readonly MemoryDoc[] = [
          {
            id: 'full',
            text: 'A needle.\n\tIn  HAY ',
            metadata: {
              n: 0,
              s: '',
              no: false,
              nil: null,
              l: [1, 'x'],
              o: { p: [] },
              ...awkward,
            },
          },
          { id: 'bare', text: 'needle' },
        ];
        await memory.upsert(docs);
        const hits = await found(memory, 'needle');
        const seen = [...hits].map(withoutScore).sort((a, b) => (a.id < b.id ? 1 : -1));
        t.same(seen, docs, 'what was found');
      },
    },
    {
      id: 'memory.documents.replaced-whole',
      rule: '`upsert` replaces a document of the same id whole',
      anchor: 'Memory',
      why: 'what was corrected would be found for ever, by its old words or its old metadata',
      when: byText,
      async run(t) {
        const memory = await t.open();
        await memory.upsert([{ id: 'doc', text: 'walnut common', metadata: { kind: 'nut', old: true } }]);
        await memory.upsert([{ id: 'doc', text: 'cherry common', metadata: { kind: 'fruit' } }]);
        t.same(await foundIds(memory, 'walnut'), [], 'what the words of the replaced text find');
        t.same(
          (await found(memory, 'cherry')).map(withoutScore),
          [{ id: 'doc', text: 'cherry common', metadata: { kind: 'fruit' } }],
          'what the new words find',
        );
        await memory.upsert([{ id: 'doc', text: 'cherry common' }]);
        const [hit] = await found(memory, 'cherry');
        t.same(hit?.metadata, undefined, 'the metadata after an upsert without any');
        t.same(await memory.count(), 1, 'the count after three upserts of one id');
      },
    },
    {
      id: 'memory.documents.not-shared',
      rule: 'What is stored changes by no hand but `upsert`',
      anchor: 'Memory',
      why: 'one caller would change what another one finds',
      when: byText,
      async run(t) {
        const memory = await t.open();
        const given = { id: 'doc', text: 'needle', metadata: { list: ['kept'] } };
        await memory.upsert([given]);
        given.metadata.list.push('by the one who stored it');
        const change = (metadata: unknown) => (metadata as typeof given.metadata).list.push('by a finder');
        const [first] = await found(memory, 'needle');
        t.same(first?.metadata, { list: ['kept'] }, 'the metadata after the stored object was changed');
        try {
          change(first?.metadata);
        } catch (error) {
          if (!(error instanceof TypeError)) throw error;
        }
        const [second] = await found(memory, 'needle');
        t.same(second?.metadata, { list: ['kept'] }, 'the metadata after the found object was changed');
      },
    },
    {
      id: 'memory.documents.batch-is-atomic',
      rule: 'A batch of which one document is refused is not applied at all',
      anchor: 'Memory',
      why: 'a caller that corrects and repeats a batch has to know where it starts from',
      when: byText,
      async run(t) {
        const memory = await t.open();
        await memory.upsert([{ id: 'old', text: 'needle before' }]);
        for (const [name, doc] of invalid) {
          const batch = [
            { id: 'old', text: 'needle after' },
            { id: 'new', text: 'needle' },
            doc as MemoryDoc,
          ];
          await t.refuses(() => memory.upsert(batch), `upsert() with a document ${name}`, {
            code: 'AIWORK_INVALID_ARGUMENT',
          });
          const seen = (await found(memory, 'needle')).map(withoutScore);
          t.same(
            seen,
            [{ id: 'old', text: 'needle before' }],
            `what is there after a batch with a document ${name}`,
          );
        }
        t.same(await memory.count(), 1, 'the count after refused batches');
      },
    },
    {
      id: 'memory.documents.last-of-a-batch',
      rule: 'Of several documents with one id in a batch, the last one stays',
      anchor: 'Memory',
      why: 'a file that is read twice, or corrected while it is read, comes twice',
      when: byText,
      async run(t) {
        const memory = await t.open();
        await memory.upsert([
          { id: 'twice', text: 'walnut common', metadata: { n: 1 } },
          { id: 'other', text: 'cherry' },
          { id: 'twice', text: 'needle common', metadata: { n: 2 } },
        ]);
        t.same(await memory.count(), 2, 'the count after a batch with one id twice');
        t.same(
          (await found(memory, 'common')).map(withoutScore),
          [{ id: 'twice', text: 'needle common', metadata: { n: 2 } }],
          'what both documents of one id have in common finds',
        );
        t.same(await foundIds(memory, 'walnut'), [], 'what the words of the first of them find');
        t.same(await memory.delete(['twice', 'twice']), 1, 'what delete() of one id twice gives');
      },
    },
    {
      id: 'memory.documents.count',
      rule: '`count` says how many documents there are',
      anchor: 'Memory.count',
      why: 'it is how a caller sees that everything was indexed',
      when: byText,
      async run(t) {
        const memory = await t.open();
        t.same(await memory.count(), 0, 'the count of an empty memory');
        await memory.upsert([]);
        t.same(await memory.count(), 0, 'the count after an empty batch');
        await memory.upsert([
          { id: 'a', text: 'one' },
          { id: 'b', text: 'two' },
          { id: 'c', text: 'two' },
        ]);
        await memory.upsert([{ id: 'b', text: 'two again' }]);
        t.same(await memory.count(), 3, 'the count of three documents, one of them replaced');
        await memory.delete(['a', 'c']);
        t.same(await memory.count(), 1, 'the count after two were deleted');
      },
    },
    {
      id: 'memory.documents.delete-counts',
      rule: '`delete` gives the number of documents that were there and are deleted now',
      anchor: 'Memory.delete',
      why: 'who was asked to forget something has to be able to say that it was there',
      when: byText,
      async run(t) {
        const memory = await t.open();
        await memory.upsert([
          { id: 'a', text: 'needle' },
          { id: 'b', text: 'needle' },
          { id: 'c', text: 'needle' },
        ]);
        t.same(await memory.delete([]), 0, 'what delete() of nothing gives');
        t.same(await memory.delete(['absent', 'A', 'a ']), 0, 'what delete() of absent ids gives');
        t.same(await memory.delete(['a', 'absent', 'b']), 2, 'what delete() of two of three ids gives');
        t.same(await memory.delete(['a', 'b']), 0, 'what a second delete() gives');
        t.same(await foundIds(memory, 'needle'), ['c'], 'what is found after that');
      },
    },
    {
      id: 'memory.documents.deleted',
      rule: 'A deleted document is not found, and can be stored anew',
      anchor: 'Memory.delete',
      why: 'what was to be forgotten is shown to a model again',
      when: byText,
      async run(t) {
        const memory = await t.open();
        await memory.upsert([
          { id: 'doc', text: 'walnut', metadata: { n: 1 } },
          { id: 'other', text: 'cherry' },
        ]);
        await memory.delete(['doc']);
        t.same(await foundIds(memory, 'walnut'), [], 'what the words of a deleted document find');
        await memory.upsert([{ id: 'doc', text: 'cherry' }]);
        t.same(await foundIds(memory, 'walnut'), [], 'what the old words find after it was stored anew');
        t.same(await foundIds(memory, 'cherry'), ['doc', 'other'], 'what the new words find');
      },
    },
    {
      id: 'memory.documents.many',
      rule: 'A batch of any size is stored whole and each of its documents is found',
      anchor: 'Memory.upsert',
      why: 'what lies beyond the batch of a service is lost without a word',
      when: byText,
      async run(t) {
        const memory = await t.open();
        const docs = numbered(2500).map((n) => ({ id: `doc ${n}`, text: `common ${wordFor(n)}` }));
        await memory.upsert(docs);
        t.same(await memory.count(), docs.length, 'the count after one batch');
        for (let n = 0; n < docs.length; n += 49) {
          t.same(
            await foundIds(memory, wordFor(n)),
            [`doc ${n}`],
            `what the own word of document ${n} finds`,
          );
        }
        const gone = docs.slice(0, 1900).map(({ id }) => id);
        t.same(await memory.delete(gone), gone.length, 'what delete() of 1900 ids gives');
        t.same(await memory.count(), 600, 'the count after that');
        t.same((await found(memory, 'common')).length, 600, 'the number of documents found after that');
      },
    },
  ],
};
