import type { Memory, MemoryCapabilities, MemoryDoc, MemoryFilter, MemoryHit } from '@aiwork/core';

/** Most hits a search may ask for. */
export const maxTopK = 1000;

export const byText = ({ search }: MemoryCapabilities): true | string =>
  search.includes('text') || 'searching by text is not declared';

export const byFilteredText = (capabilities: MemoryCapabilities): true | string => {
  if (!capabilities.filters) return 'filters are not declared';
  return byText(capabilities);
};

/** Everything that `text` finds. */
export const found = (memory: Memory, text: string, filter?: MemoryFilter): Promise<readonly MemoryHit[]> =>
  memory.search({ text, topK: maxTopK, ...(filter && { filter }) });

export const idsOf = (docs: readonly MemoryDoc[]): readonly string[] => docs.map(({ id }) => id);

export async function foundIds(memory: Memory, text: string, filter?: MemoryFilter) {
  return [...idsOf(await found(memory, text, filter))].sort();
}

/** A document as it was stored: a hit without its score. */
export const withoutScore = ({ score: _, ...doc }: MemoryHit): MemoryDoc => doc;

/** A word of its own for each number, which no stemmer folds into another. */
export const wordFor = (n: number): string =>
  `zq${[...`${n}`].map((digit) => 'bcdfghjkmp'[Number(digit)]).join('')}zq`;

export const numbered = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);
