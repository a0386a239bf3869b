import { AiworkError, type Memory } from '@aiwork/core';
import { inClients, type Saboteur } from '../saboteur.ts';
import { madeOf } from './reference.ts';
import { copyOf } from './reference-memory.ts';

export const documentSaboteurs: readonly Saboteur<Memory>[] = [
  {
    id: 'drops-empty-metadata',
    breaks: 'Keeps no field whose value is falsy',
    caughtBy: [{ check: 'memory.documents.round-trip', message: 'what was found to be' }],
    sabotage: madeOf({
      kept: ({ metadata, ...doc }) =>
        metadata
          ? { ...doc, metadata: Object.fromEntries(Object.entries(metadata).filter(([, value]) => value)) }
          : doc,
    }),
  },
  {
    id: 'merges-metadata',
    breaks: 'Merges the metadata of a document with that of the one it replaces',
    caughtBy: [
      { check: 'memory.documents.replaced-whole', message: 'what the new words find to be' },
      { check: 'memory.sequences.like-a-list', message: 'upsert(' },
    ],
    sabotage: madeOf({
      kept: (doc, before) =>
        copyOf(before?.metadata ? { ...doc, metadata: { ...before.metadata, ...doc.metadata } } : doc),
    }),
  },
  {
    id: 'appends-instead',
    breaks: 'Keeps the old text beside the new one',
    caughtBy: [
      {
        check: 'memory.documents.replaced-whole',
        message: 'what the words of the replaced text find to be []',
      },
    ],
    sabotage: madeOf({
      kept: (doc, before) => ({ ...doc, text: before ? `${before.text} ${doc.text}` : doc.text }),
    }),
  },
  {
    id: 'keeps-the-object',
    breaks: 'Keeps the object it was given',
    caughtBy: [
      { check: 'memory.documents.not-shared', message: 'the metadata after the stored object was changed' },
    ],
    sabotage: madeOf({ kept: (doc) => ({ ...doc }) }),
  },
  {
    id: 'applies-until-refused',
    breaks: 'Applies the documents of a batch one by one, up to the one that is refused',
    caughtBy: [
      {
        check: 'memory.documents.batch-is-atomic',
        message: 'what is there after a batch with a document without an id',
      },
    ],
    sabotage: inClients((memory) => ({
      async upsert(docs, options) {
        for (const doc of docs) await memory.upsert([doc], options);
      },
    })),
  },
  {
    id: 'first-of-a-batch',
    breaks: 'Keeps the first of several documents with one id',
    caughtBy: [
      {
        check: 'memory.documents.last-of-a-batch',
        message: 'what both documents of one id have in common finds to be',
      },
    ],
    sabotage: inClients((memory) => ({
      upsert: (docs, options) =>
        memory.upsert(
          docs.filter((doc, n) => docs.findIndex((other) => other?.id === doc?.id) === n),
          options,
        ),
    })),
  },
  {
    id: 'refuses-an-id-twice',
    breaks: 'Fails on a batch with one id twice',
    caughtBy: [{ check: 'memory.documents.last-of-a-batch', message: 'cannot affect a row a second time' }],
    sabotage: inClients((memory) => ({
      async upsert(docs, options) {
        const ids = docs.map((doc) => doc?.id);
        if (new Set(ids).size < ids.length) throw new Error('cannot affect a row a second time');
        await memory.upsert(docs, options);
      },
    })),
  },
  {
    id: 'counts-upserts',
    breaks: 'Counts a replaced document again',
    caughtBy: [
      { check: 'memory.documents.count', message: 'the count of three documents, one of them replaced' },
    ],
    sabotage: inClients((memory) => {
      let count = 0;
      return {
        async upsert(docs, options) {
          await memory.upsert(docs, options);
          count += docs.length;
        },
        async delete(ids, options) {
          const deleted = await memory.delete(ids, options);
          count -= deleted;
          return deleted;
        },
        async count(options) {
          await memory.count(options);
          return count;
        },
      };
    }),
  },
  {
    id: 'counts-the-asked',
    breaks: 'Says of every id it was asked to delete that it was there',
    caughtBy: [
      { check: 'memory.documents.delete-counts', message: 'what delete() of absent ids gives to be 0' },
    ],
    sabotage: inClients((memory) => ({
      async delete(ids, options) {
        await memory.delete(ids, options);
        return ids.length;
      },
    })),
  },
  {
    id: 'hides-deleted-ids',
    breaks: 'Goes on hiding the id of a deleted document when it is stored anew',
    caughtBy: [{ check: 'memory.documents.deleted', message: 'what the new words find to be' }],
    sabotage: inClients((memory) => {
      const hidden = new Set<string>();
      return {
        async delete(ids, options) {
          const deleted = await memory.delete(ids, options);
          for (const id of ids) hidden.add(id);
          return deleted;
        },
        async search(query, options) {
          return (await memory.search(query, options)).filter(({ id }) => !hidden.has(id));
        },
      };
    }),
  },
  {
    id: 'first-page-only',
    breaks: 'Stores the first thousand documents of a batch',
    caughtBy: [{ check: 'memory.documents.many', message: 'the count after one batch to be 2500' }],
    sabotage: inClients((memory) => ({
      upsert: (docs, options) => memory.upsert(docs.slice(0, 1000), options),
    })),
  },
  {
    id: 'refuses-large-batches',
    breaks: 'Refuses a batch of more than 2000 documents',
    caughtBy: [{ check: 'memory.documents.many', message: 'too many at once' }],
    sabotage: inClients((memory) => ({
      async upsert(docs, options) {
        if (docs.length <= 2000) return memory.upsert(docs, options);
        throw new AiworkError('AIWORK_LIMIT_EXCEEDED', 'too many at once', { outcome: 'not-applied' });
      },
    })),
  },
];
