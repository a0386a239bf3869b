import type { Memory, MemoryDoc } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { isDeepFrozen } from '../deep-frozen.ts';
import { byText, found, foundIds } from './searching.ts';

const unsupported = { code: 'AIWORK_UNSUPPORTED_CAPABILITY' } as const;
/** What a memory without a declared limit has to take. */
const unlimitedBytes = 1 << 20;

/** A text of exactly so many bytes of UTF-8, but not of so many characters. */
const ofBytes = (bytes: number) =>
  `needle ${'ü'.repeat(Math.floor((bytes - 7) / 2))}${'x'.repeat((bytes - 7) % 2)}`;

export const capabilities: CheckGroup<Memory> = {
  id: 'capabilities',
  title: 'Capabilities and limits',
  checks: [
    {
      id: 'memory.capabilities.declared',
      rule: 'Capabilities are declared in full, with values that mean something',
      anchor: 'MemoryCapabilities',
      why: 'the engine and these checks decide by them',
      async run(t) {
        const { search, filters, maxTextBytes, durability } = t.capabilities;
        const kinds = Array.isArray(search) && search.length > 0;
        t.that(
          kinds && search.every((kind) => kind === 'text' || kind === 'vector'),
          "search to hold 'text', 'vector' or both",
          search,
        );
        t.that(typeof filters === 'boolean', 'filters to be a boolean', filters);
        t.that(
          typeof maxTextBytes === 'number' && maxTextBytes > 0,
          'maxTextBytes to be greater than 0',
          maxTextBytes,
        );
        t.that(
          ['process', 'service-restart', 'service-kill'].includes(durability),
          'durability to be one of the contract',
          durability,
        );
      },
    },
    {
      id: 'memory.capabilities.frozen',
      rule: 'Capabilities are frozen, and the same for every client',
      anchor: 'Adapter.capabilities',
      why: 'what a caller decided by must not change under it',
      async run(t) {
        const memory = await t.open();
        t.that(isDeepFrozen(memory.capabilities), 'capabilities to be frozen in depth', memory.capabilities);
        t.same(memory.capabilities, t.capabilities, 'the capabilities of another client');
        await memory.count();
        t.same(memory.capabilities, t.capabilities, 'the capabilities after a call');
      },
    },
    {
      id: 'memory.capabilities.refuses-vector',
      rule: 'A memory that does not search by vector refuses vectors without effect',
      anchor: 'MemoryCapabilities.search',
      why: 'a vector that is ignored gives hits that have nothing to do with it',
      when: ({ search }) => !search.includes('vector') || 'searching by vector is declared',
      async run(t) {
        const memory = await t.open();
        const vector = new Float32Array([1, 0]);
        await t.refuses(() => memory.search({ text: 'needle', vector, topK: 1 }), 'search() with a vector', {
          ...unsupported,
          notApplied: false,
        });
        await t.refuses(
          () => memory.upsert([{ id: 'doc', text: 'needle', vector }]),
          'upsert() with a vector',
          unsupported,
        );
        t.same(await memory.count(), 0, 'the count after a refused upsert');
      },
    },
    {
      id: 'memory.capabilities.refuses-text',
      rule: 'A memory that does not search by text refuses to',
      anchor: 'MemoryCapabilities.search',
      why: 'no hits read as "nothing is known about it"',
      when: ({ search }) => !search.includes('text') || 'searching by text is declared',
      async run(t) {
        const memory = await t.open();
        await t.refuses(() => memory.search({ text: 'needle', topK: 1 }), 'search() by text', {
          ...unsupported,
          notApplied: false,
        });
      },
    },
    {
      id: 'memory.capabilities.refuses-filter',
      rule: 'A memory that declares no filters refuses one',
      anchor: 'MemoryCapabilities.filters',
      why: 'a filter that is ignored shows the data of everybody',
      when: (capabilities) => (capabilities.filters ? 'filters are declared' : byText(capabilities)),
      async run(t) {
        const memory = await t.open();
        await memory.upsert([{ id: 'doc', text: 'needle', metadata: { n: 1 } }]);
        await t.refuses(() => found(memory, 'needle', { n: 1 }), 'search() with a filter', {
          ...unsupported,
          notApplied: false,
        });
      },
    },
    {
      id: 'memory.capabilities.text-bytes',
      rule: 'A text of exactly `maxTextBytes` works, one of a byte more is refused',
      anchor: 'MemoryCapabilities.maxTextBytes',
      why: 'the end of a text that is cut off is never found',
      when: byText,
      async run(t) {
        const memory = await t.open();
        const { maxTextBytes } = t.capabilities;
        const limit = Number.isFinite(maxTextBytes) ? maxTextBytes : unlimitedBytes;
        const doc: MemoryDoc = { id: 'doc', text: ofBytes(limit) };
        await memory.upsert([doc]);
        const isWhole = async () => (await found(memory, 'needle'))[0]?.text === doc.text;
        t.that(await isWhole(), `a text of ${limit} bytes to come back whole`, 'another text, or none');
        if (limit !== maxTextBytes) return;
        await t.refuses(
          () =>
            memory.upsert([
              { id: 'more', text: 'needle' },
              { id: 'doc', text: `${doc.text}x` },
            ]),
          `upsert() of a text of ${limit + 1} bytes`,
          { code: 'AIWORK_LIMIT_EXCEEDED' },
        );
        t.that(await isWhole(), 'the text before to stay after a refused one', 'another text, or none');
        t.same(await foundIds(memory, 'needle'), ['doc'], 'what is found after a refused batch');
      },
    },
  ],
};
