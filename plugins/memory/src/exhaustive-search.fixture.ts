import type { MemoryDoc, MemoryHit } from '@aiwork/core';
import { gridOf, quantise, type Ranking } from './ranking.ts';
import { relatedFactor } from './related-words.fixture.ts';
import type { Tolerance } from './related-words.ts';
import type { Tokenizer } from './tokenizer.ts';

export interface ExhaustiveQuery {
  readonly text: string;
  readonly tolerance?: readonly Tolerance[];
  readonly topK: number;
  readonly minScore?: number;
  readonly accepts?: (doc: MemoryDoc) => boolean;
}

/** The oracle: keeps plain documents, scores every one of them on every search, and sorts. */
export function createExhaustiveIndex(ranking: Ranking, tokenizer: Tokenizer) {
  const docs = new Map<string, MemoryDoc>();

  function countsOf(text: string): Map<string, number> {
    const counts = new Map<string, number>();
    for (const token of tokenizer.tokenize(text)) counts.set(token, (counts.get(token) ?? 0) + 1);
    return counts;
  }

  return {
    docs,
    upsert(doc: MemoryDoc): void {
      docs.set(doc.id, doc);
    },
    delete: (id: string): boolean => docs.delete(id),
    search({ text, tolerance = [], topK, minScore = 0, accepts = () => true }: ExhaustiveQuery): MemoryHit[] {
      const counted = [...docs.values()].map((doc) => ({ doc, counts: countsOf(doc.text) }));
      const lengths = counted.map(({ counts }) => [...counts.values()].reduce((sum, n) => sum + n, 0));
      const facts = {
        documents: docs.size,
        averageLength: docs.size > 0 ? lengths.reduce((sum, n) => sum + n, 0) / docs.size : 0,
      };
      const { offset, slope } = ranking.scale(facts);
      const asked = countsOf(text);
      const related = new Set(counted.flatMap(({ counts }) => [...counts.keys()]));
      const factorOf = (word: string) =>
        Math.max(0, ...[...asked.keys()].map((each) => relatedFactor(each, word, tolerance)));
      const terms = [
        ...[...asked].map(([word, frequency]) => ({ word, frequency, factor: 1 })),
        ...[...related]
          .filter((word) => !asked.has(word))
          .map((word) => ({ word, frequency: 1, factor: factorOf(word) })),
      ]
        .filter(({ factor }) => factor > 0)
        .map((term) => ({
          ...term,
          documents: counted.filter(({ counts }) => counts.has(term.word)).length,
        }))
        .filter(({ documents }) => documents > 0);
      const weights = ranking
        .weights(
          terms.map(({ frequency }) => frequency),
          terms.map(({ documents }) => documents),
          facts,
        )
        .map((weight, i) => weight * (terms[i]?.factor as number));
      const grid = gridOf(weights);
      const hits = counted.map(({ doc, counts }, i) => {
        const statistic = ranking.statistic([...counts.values()], lengths[i] as number);
        let score = 0;
        terms.forEach(({ word }, t) => {
          const frequency = counts.get(word);
          if (frequency === undefined) return;
          const impact = ranking.impact(frequency, offset + slope * statistic);
          score += quantise((weights[t] as number) * impact, grid);
        });
        return { ...doc, score };
      });
      return hits
        .filter((hit) => hit.score > 0 && hit.score >= minScore && accepts(hit))
        .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
        .slice(0, topK);
    },
  };
}
