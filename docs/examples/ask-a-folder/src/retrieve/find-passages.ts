import type { Memory } from '@aiwork/core';
import type { Passage } from '../document.ts';
import { indexedText } from './split.ts';
import { contentWordForms } from './words.ts';

/** A word of the question, and how much it tells. */
export interface Term {
  /** As the index knows it. */
  readonly word: string;
  readonly asked: string;
  /** Passages it stands in; 1000 means that or more. */
  readonly passages: number;
  /** From 0, for a word that is everywhere or nowhere, up. */
  readonly weight: number;
}

export interface Hit {
  readonly passage: Passage;
  readonly score: number;
}

export interface Found {
  /** Best first. */
  readonly hits: readonly Hit[];
  readonly terms: readonly Term[];
}

export interface SearchOptions {
  readonly memory: Memory;
  readonly passages: readonly Passage[];
  /** Keeps the passages of runs that share a memory apart. */
  readonly runId: string;
  readonly signal: AbortSignal;
}

/** Most hits a memory gives at once. */
const mostHits = 1000;
/** How many passages an answer is made from. */
const wanted = 12;
/** Hits that score less than this part of the best are about something else. */
const enough = 0.3;

/** Puts the passages into the memory, so that `findPassages` finds them. */
export async function indexPassages({ memory, passages, runId, signal }: SearchOptions): Promise<void> {
  const docs = passages.map((passage, i) => ({
    id: `${runId}/${i}`,
    text: indexedText(passage),
    metadata: { runId, index: i },
  }));
  await memory.upsert(docs, { signal });
}

/** The passages that fit a question best. */
export async function findPassages(question: string, options: SearchOptions): Promise<Found> {
  const { memory, passages, runId, signal } = options;
  const words = contentWordForms(question);
  const filter = { runId };
  const search = (text: string, topK: number) => memory.search({ text, topK, filter }, { signal });

  const terms: Term[] = [];
  for (const [word, asked] of words) {
    const count = (await search(asked, mostHits)).length;
    terms.push({
      word,
      asked,
      passages: count,
      weight: count === 0 ? 0 : Math.log(1 + passages.length / count),
    });
  }
  // Without a word that tells anything, all of them have to do.
  const found = await search(words.size > 0 ? [...words.values()].join(' ') : question, wanted);
  const best = found[0]?.score ?? 0;
  const hits = found
    .filter(({ score }) => score >= enough * best)
    .flatMap(({ metadata, score }) => {
      const passage = passages[Number(metadata?.['index'])];
      return passage ? [{ passage, score }] : [];
    });
  return { hits, terms };
}
