import type { Memory, MemoryDoc, MemoryFilter } from '@aiwork/core';
import fc, { type AsyncCommand } from 'fast-check';
import type { CheckContext } from '../../engine/check-context.ts';
import type { CheckGroup } from '../../engine/contract.ts';
import { runModel } from '../model.ts';
import { byText, found, withoutScore } from './searching.ts';

/** What a memory holds, by id; what it finds is looked up in every document. */
type MemoryModel = Map<string, MemoryDoc>;

interface MemoryReal {
  readonly memory: Memory;
  readonly t: CheckContext<Memory>;
}

type Command = AsyncCommand<MemoryModel, MemoryReal>;

const ids = ['a', 'ab', 'A', '__proto__', '\u{1f600}', '\uff5e'] as const;
const words = ['walnut', 'cherry', 'copper'] as const;

const doc = fc.record({
  id: fc.constantFrom(...ids),
  words: fc.subarray([...words]),
  n: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
});

const byId = (docs: readonly MemoryDoc[]) => [...docs].sort((a, b) => (a.id < b.id ? -1 : 1));

const upsert = (batch: readonly MemoryDoc[]): Command => ({
  check: () => true,
  async run(model, { memory }) {
    await memory.upsert(batch);
    for (const one of batch) model.set(one.id, one);
  },
  toString: () => `upsert(${JSON.stringify(batch)})`,
});

const remove = (gone: readonly string[]): Command => ({
  check: () => true,
  async run(model, { memory, t }) {
    const expected = gone.filter((id) => model.delete(id)).length;
    t.same(await memory.delete(gone), expected, 'what delete() gives');
  },
  toString: () => `delete(${JSON.stringify(gone)})`,
});

const search = (word: string, least: number | undefined): Command => ({
  check: () => true,
  async run(model, { memory, t }) {
    t.same(await memory.count(), model.size, 'the count');
    const filtered = least !== undefined && t.capabilities.filters;
    const filter: MemoryFilter | undefined = filtered ? { n: { $gte: least } } : undefined;
    const fits = ({ text, metadata }: MemoryDoc) =>
      text.split(' ').includes(word) && (!filtered || ((metadata?.['n'] ?? -1) as number) >= least);
    const hits = await found(memory, word, filter);
    t.same(byId(hits.map(withoutScore)), byId([...model.values()].filter(fits)), `what ${word} finds`);
  },
  toString: () => `search(${word}, n from ${least ?? 'any'})`,
});

const batches = fc.uniqueArray(doc, { maxLength: 4, selector: ({ id }) => id }).map((docs) =>
  docs.map(({ id, words: own, n }) => ({
    id,
    text: ['common', ...own].join(' '),
    ...(n !== undefined && { metadata: { n } }),
  })),
);

export const sequences: CheckGroup<Memory> = {
  id: 'sequences',
  title: 'Any sequence of calls',
  checks: [
    {
      id: 'memory.sequences.like-a-list',
      rule: 'In any sequence of calls a memory finds what looking through every document finds',
      anchor: 'Memory',
      why: 'some mistakes need three calls in the one order that nobody thought of',
      when: byText,
      async run(t) {
        const memory = await t.open();
        await runModel<MemoryModel, MemoryReal>({
          commands: [
            batches.map(upsert),
            fc.subarray([...ids], { maxLength: 3 }).map(remove),
            fc
              .tuple(
                fc.constantFrom('common', ...words),
                fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
              )
              .map((args) => search(...args)),
          ],
          seed: t.seed,
          runs: 40,
          async setup() {
            await memory.delete(ids);
            return { model: new Map(), real: { memory, t } };
          },
        });
      },
    },
  ],
};
