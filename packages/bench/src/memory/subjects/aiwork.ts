import { createLexicalIndex, type RankingOptions } from '@aiwork/memory';
import type { MemorySubject } from '../subject.ts';

export function lexicalIndex(ranking: RankingOptions): MemorySubject {
  return {
    index(documents) {
      const index = createLexicalIndex({ ranking });
      index.upsert(documents);
      return { search: (text, topK) => index.search({ text, topK }) };
    },
  };
}
