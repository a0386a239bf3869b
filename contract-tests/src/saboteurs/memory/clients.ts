import { AiworkError, type Memory, type MemoryCapabilities, type MemoryHit } from '@aiwork/core';
import { carelessSaboteurs, listening } from '../careless.ts';
import { leavesATimer } from '../leaves-a-timer.ts';
import { inClients, type Saboteur, yieldTurns } from '../saboteur.ts';
import { madeOf } from './reference.ts';

const declaring = (changes: Partial<MemoryCapabilities>) =>
  inClients<Memory>(({ capabilities }) => ({
    capabilities: Object.freeze({ ...capabilities, ...changes }),
  }));

const cut = (text: string) => Buffer.from(text).subarray(0, 4096).toString();

export const clientSaboteurs: readonly Saboteur<Memory>[] = [
  {
    id: 'ids-ignore-case',
    breaks: 'Takes ids that differ in case for one',
    caughtBy: [{ check: 'memory.hostile.ids-stay-apart', message: 'the count of hostile ids' }],
    sabotage: madeOf({ key: (id) => id.toLowerCase() }),
  },
  {
    id: 'cuts-ids',
    breaks: 'Cuts ids off at the limit',
    caughtBy: [
      { check: 'memory.hostile.id-length', message: 'upsert() of an id of 513 characters to be refused' },
    ],
    sabotage: inClients((memory) => ({
      upsert: (docs, options) =>
        memory.upsert(
          docs.map((doc) => (typeof doc.id === 'string' ? { ...doc, id: doc.id.slice(0, 512) } : doc)),
          options,
        ),
    })),
  },
  {
    id: 'mends-ids',
    breaks: 'Makes malformed ids well-formed',
    caughtBy: [
      {
        check: 'memory.hostile.refuses-malformed-ids',
        message: 'upsert() of a string with an unpaired surrogate as id to be refused',
      },
    ],
    sabotage: inClients((memory) => ({
      upsert: (docs, options) =>
        memory.upsert(
          docs.map((doc) => (typeof doc.id === 'string' ? { ...doc, id: doc.id.toWellFormed() } : doc)),
          options,
        ),
    })),
  },
  {
    id: 'gives-folded-texts',
    breaks: 'Gives texts in the form it searches them in',
    caughtBy: [{ check: 'memory.hostile.texts-come-back', message: 'the document with "A"' }],
    sabotage: madeOf({ kept: (doc) => ({ ...doc, text: doc.text.toLowerCase() }) }),
  },
  {
    id: 'query-syntax',
    breaks: 'Reads a query as syntax and fails where it is wrong',
    caughtBy: [{ check: 'memory.hostile.queries-are-no-syntax', message: 'unbalanced' }],
    sabotage: inClients((memory) => ({
      async search(query, options) {
        if (query.text?.includes('(')) throw new AiworkError('AIWORK_INVALID_ARGUMENT', 'unbalanced');
        return memory.search(query, options);
      },
    })),
  },
  {
    id: 'visible-later',
    breaks: 'Shows what was stored some turns later',
    caughtBy: [
      {
        check: 'memory.clients.visible-at-once',
        message: 'the number of documents found after an upsert to be 1',
      },
    ],
    sabotage: inClients((memory) => ({
      async upsert(docs, options) {
        void yieldTurns(2).then(() => memory.upsert(docs, options).catch(() => {}));
      },
    })),
  },
  {
    id: 'loses-concurrent-upserts',
    breaks: 'Drops an upsert that comes while another one is under way',
    caughtBy: [
      {
        check: 'memory.clients.upserts-at-once',
        message: 'the number of documents after 40 upserts at once to be 41',
      },
    ],
    sabotage: inClients((memory) => {
      let busy = false;
      return {
        async upsert(docs, options) {
          if (busy) return;
          busy = true;
          try {
            await yieldTurns(1);
            await memory.upsert(docs, options);
          } finally {
            busy = false;
          }
        },
      };
    }),
  },
  {
    id: 'deletes-then-inserts',
    breaks: 'Deletes what it replaces some turns before it stores the new documents',
    caughtBy: [
      {
        check: 'memory.clients.replaced-in-one-step',
        message: 'the number of documents found while they are replaced to be 60',
      },
    ],
    sabotage: inClients((memory) => ({
      async upsert(docs, options) {
        await memory.delete(
          docs.map(({ id }) => id),
          options,
        );
        await yieldTurns();
        await memory.upsert(docs, options);
      },
    })),
  },
  {
    id: 'metadata-first',
    breaks: 'Stores new metadata some turns before the new text',
    caughtBy: [
      {
        check: 'memory.clients.replaced-in-one-step',
        message: 'a document of which text and metadata are of two upserts',
      },
    ],
    sabotage: inClients((memory) => {
      const texts = new Map<string, string>();
      return {
        async upsert(docs, options) {
          await memory.upsert(
            docs.map((doc) => ({ ...doc, text: texts.get(doc.id) ?? doc.text })),
            options,
          );
          await yieldTurns();
          await memory.upsert(docs, options);
          for (const { id, text } of docs) texts.set(id, text);
        },
      };
    }),
  },
  {
    id: 'memory-of-its-own',
    breaks: 'Gives each client a memory of its own',
    caughtBy: [
      { check: 'memory.clients.shared', message: "what the second client finds to be [ 'a', 'b' ]" },
    ],
    sabotage(subject) {
      let clients = 0;
      return {
        ...subject,
        open({ namespace }) {
          clients += 1;
          return subject.open({ namespace: `${namespace}-${clients}` });
        },
      };
    },
  },
  {
    id: 'looks-when-counts-differ',
    breaks: 'Answers as before while there are as many documents as before, whatever others have replaced',
    caughtBy: [
      {
        check: 'memory.clients.shared',
        message: 'what the first client finds after the second replaced it to be []',
      },
    ],
    sabotage: inClients((memory) => {
      const answers = new Map<string, { readonly count: number; readonly hits: readonly MemoryHit[] }>();
      return {
        async search(query, options) {
          const count = await memory.count(options);
          const key = JSON.stringify(query);
          const known = answers.get(key);
          if (known?.count === count) return known.hits;
          const hits = await memory.search(query, options);
          answers.set(key, { count, hits });
          return hits;
        },
        async upsert(docs, options) {
          await memory.upsert(docs, options);
          answers.clear();
        },
      };
    }),
  },
  {
    id: 'one-namespace',
    breaks: 'Keeps the documents of all namespaces in one place',
    caughtBy: [{ check: 'memory.clients.namespaces-apart', message: 'what is found in the first namespace' }],
    sabotage: (subject) => ({ ...subject, open: () => subject.open({ namespace: 'all' }) }),
  },
  {
    id: 'search-declared-as-nothing',
    breaks: 'Declares nothing to search by but `words`',
    caughtBy: [{ check: 'memory.capabilities.declared', message: "search to hold 'text', 'vector' or both" }],
    sabotage: declaring({ search: ['words'] as never }),
  },
  {
    id: 'capabilities-not-frozen',
    breaks: 'Gives capabilities that anybody may change',
    caughtBy: [{ check: 'memory.capabilities.frozen', message: 'capabilities to be frozen in depth' }],
    sabotage: inClients(({ capabilities }) => ({ capabilities: { ...capabilities } })),
  },
  {
    id: 'vectors-ignored',
    breaks: 'Ignores the vector of a query',
    caughtBy: [
      { check: 'memory.capabilities.refuses-vector', message: 'search() with a vector to be refused' },
    ],
    sabotage: inClients((memory) => ({
      search: ({ vector: _, ...query }, options) => memory.search(query, options),
    })),
  },
  {
    id: 'text-not-declared',
    breaks: 'Searches by text without declaring it',
    caughtBy: [{ check: 'memory.capabilities.refuses-text', message: 'search() by text to be refused' }],
    sabotage: declaring({ search: Object.freeze(['vector'] as const) }),
  },
  {
    id: 'filters-ignored',
    breaks: 'Declares no filters and ignores one',
    caughtBy: [
      { check: 'memory.capabilities.refuses-filter', message: 'search() with a filter to be refused' },
    ],
    sabotage: (subject) =>
      inClients<Memory>((memory) => ({
        search: ({ filter: _, ...query }, options) => memory.search(query, options),
      }))(declaring({ filters: false })(subject)),
  },
  {
    id: 'cuts-texts',
    breaks: 'Cuts texts off at the limit',
    caughtBy: [
      { check: 'memory.capabilities.text-bytes', message: 'upsert() of a text of 4097 bytes to be refused' },
    ],
    sabotage: inClients((memory) => ({
      upsert: (docs, options) =>
        memory.upsert(
          docs.map((doc) => (typeof doc.text === 'string' ? { ...doc, text: cut(doc.text) } : doc)),
          options,
        ),
    })),
  },
  {
    id: 'overstates-text-limit',
    breaks: 'Declares a byte more than it takes',
    caughtBy: [{ check: 'memory.capabilities.text-bytes', message: 'AIWORK_LIMIT_EXCEEDED' }],
    sabotage: declaring({ maxTextBytes: 4097 }),
  },
  {
    id: 'signal-ignored',
    breaks: 'Ignores the signal of a search',
    caughtBy: [
      { check: 'memory.ending.aborted-before', message: 'search() with an aborted signal to be refused' },
    ],
    sabotage: inClients((memory) => ({ search: (query) => memory.search(query) })),
  },
  {
    id: 'writes-then-looks',
    breaks: 'Writes before it looks at the signal',
    caughtBy: [{ check: 'memory.ending.aborted-before', message: 'what is there after aborted calls' }],
    sabotage: inClients((memory) => ({
      async upsert(docs, options) {
        if (options?.signal?.aborted) await memory.upsert(docs);
        return memory.upsert(docs, options);
      },
    })),
  },
  {
    id: 'never-closed',
    breaks: 'Goes on working after it was closed',
    caughtBy: [{ check: 'memory.ending.closed-for-good', message: 'search() after close() to be refused' }],
    sabotage: inClients<Memory>(() => ({ async close() {}, async [Symbol.asyncDispose]() {} })),
  },
  {
    id: 'closes-at-once',
    breaks: 'Does not wait for calls when it is closed',
    caughtBy: [
      { check: 'memory.ending.close-waits', message: 'that were settled when close() resolved to be 20' },
    ],
    sabotage: inClients((memory) => ({
      async upsert(docs, options) {
        await yieldTurns(1);
        return memory.upsert(docs, options);
      },
    })),
  },
  {
    id: 'leaves-a-timer',
    breaks: 'Leaves a timer behind that keeps the process alive',
    caughtBy: [{ check: 'memory.ending.no-handle-left', message: 'handles that 4 closed clients left open' }],
    sabotage: leavesATimer,
  },
  ...carelessSaboteurs<Memory>('memory', 'memory.clients.look-alikes'),
  {
    id: 'keeps-listening',
    breaks: 'Leaves its listener on the signal of the run',
    caughtBy: [
      {
        check: 'memory.ending.no-listener-left',
        message: 'listeners left on the signal after upsert() to be 0',
      },
    ],
    sabotage: inClients((memory) => ({ upsert: listening(memory.upsert) })),
  },
  {
    id: 'says-that-nothing-changed',
    breaks: 'Says that a write was not applied whose answer it did not wait for',
    caughtBy: [
      { check: 'memory.ending.aborted-meanwhile', message: 'what upsert() said, not-applied, to be true' },
    ],
    sabotage: inClients((memory) => ({
      async upsert(docs, options) {
        await memory.upsert(docs, options);
        await Promise.resolve();
        if (!options?.signal?.aborted) return;
        throw new AiworkError('AIWORK_CANCELLED', 'aborted', { outcome: 'not-applied' });
      },
    })),
  },
];
