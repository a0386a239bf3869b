import type { Memory, MemoryDoc, MemoryFilter } from '@aiwork/core';
import type { CheckContext } from '../../engine/check-context.ts';
import { foundIds } from './searching.ts';

export const docs: readonly MemoryDoc[] = [
  { id: 'a', text: 'needle', metadata: { n: 0, s: '', on: false, nil: null, only: 1 } },
  { id: 'b', text: 'needle', metadata: { n: 1, s: 'a', on: true, nil: 'null' } },
  { id: 'c', text: 'needle', metadata: { n: 2, s: 'B', on: true, nil: 'x' } },
  { id: 'd', text: 'needle', metadata: { n: 10, s: 'b', on: false, nil: 'y' } },
  { id: 'e', text: 'needle', metadata: { n: -1.5, s: '\u{1f600}', on: true, nil: 'z' } },
];

export const withLists: readonly MemoryDoc[] = [
  { id: 'a', text: 'needle', metadata: { tags: ['x', 'y'] } },
  { id: 'b', text: 'needle', metadata: { tags: [7, 9, '8'] } },
  { id: 'c', text: 'needle', metadata: { tags: 'x' } },
  { id: 'd', text: 'needle', metadata: { tags: [] } },
  { id: 'e', text: 'needle', metadata: { tags: { x: 'x' } } },
];

type Case = readonly [filter: MemoryFilter, ids: string];

/** Each filter lets exactly the documents with these ids through. */
export async function filtersTo(
  t: CheckContext<Memory>,
  among: readonly MemoryDoc[],
  cases: readonly Case[],
): Promise<void> {
  const memory = await t.open();
  await memory.upsert(among);
  for (const [filter, ids] of cases) {
    t.same(
      (await foundIds(memory, 'needle', filter)).join(''),
      ids,
      `what ${JSON.stringify(filter)} lets through`,
    );
  }
}
