import { type Embedder, embedAll, type Memory } from '@aiwork/core';
import type { LocalMemoryQuery } from '@aiwork/memory';
import type { Passage } from '../document.ts';
import { type NearSentence, nearSentences } from './near-sentences.ts';
import { type Reason, reasonFor } from './reason.ts';
import { indexedText } from './split.ts';
import type { Term } from './term.ts';
import { contentWordForms } from './words.ts';

export interface Hit {
  readonly passage: Passage;
  readonly score: number;
  readonly why: Reason;
  /** Sentences of it that mean what is asked, nearest first; none where the search goes by words alone. */
  readonly near: readonly NearSentence[];
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
  /** That of the memory. With it passages are found by meaning, too. */
  readonly embedder?: Embedder | undefined;
  /** Hears how many passages are in the memory. */
  onIndexed?(count: number): void;
}

/** Most hits a memory gives at once. */
const mostHits = 1000;
/** How many passages an answer is made from. */
const wanted = 12;
/** Hits that score less than this part of the best are about something else. */
const enough = 0.3;

/** Passages put into the memory at once where each is embedded: some seconds of work. */
const batch = 128;

/** Puts the passages into the memory, so that `findPassages` finds them. */
export async function indexPassages(options: SearchOptions): Promise<void> {
  const { memory, passages, runId, signal, embedder, onIndexed } = options;
  const docs = passages.map((passage, i) => ({
    id: `${runId}/${i}`,
    text: indexedText(passage),
    metadata: { runId, index: i },
  }));
  // Words alone are fast, and faster at once.
  const size = embedder ? batch : Math.max(1, docs.length);
  for (let start = 0; start < docs.length; start += size) {
    const some = docs.slice(start, start + size);
    await memory.upsert(some, { signal });
    onIndexed?.(start + some.length);
  }
}

/** The passages that fit a question best: by its words and, where there is a model for that, by what it means. */
export async function findPassages(question: string, options: SearchOptions): Promise<Found> {
  const { passages, embedder, signal } = options;
  const words = contentWordForms(question);
  const terms = await termsOf(words, options);
  // Without a word that tells anything, all of them have to do.
  const text = words.size > 0 ? [...words.values()].join(' ') : question;
  const asked = embedder && (await embedAll(embedder, [question], { kind: 'query', signal }))[0];
  const found = await search(
    { text, topK: wanted, ...(asked ? { vector: asked } : { by: 'text' }) },
    options,
  );
  const fitting = found.flatMap(({ metadata, score }) => {
    const passage = passages[Number(metadata?.['index'])];
    return passage ? [{ passage, score }] : [];
  });
  const near =
    embedder && asked
      ? await nearSentences(
          fitting.map(({ passage }) => passage),
          asked,
          { embedder, signal },
        )
      : [];
  const best = found[0]?.score ?? 0;
  const hits = fitting
    .map(({ passage, score }, i) => {
      const sentences = near[i] ?? [];
      return { passage, score, near: sentences, why: reasonFor(passage, terms, sentences[0]) };
    })
    // The scores of both searches together say how they rank, not how well they fit.
    .filter(({ score, why }) => (asked ? isReason(why) : score >= enough * best));
  return { hits, terms };
}

const isReason = ({ words, nearness }: Reason) => words.length > 0 || nearness !== undefined;

/** The words of the question, each with how many passages it stands in. */
async function termsOf(words: ReadonlyMap<string, string>, options: SearchOptions): Promise<readonly Term[]> {
  const terms: Term[] = [];
  for (const [word, asked] of words) {
    const count = (await search({ text: asked, topK: mostHits, by: 'text' }, options)).length;
    const weight = count === 0 ? 0 : Math.log(1 + options.passages.length / count);
    terms.push({ word, asked, passages: count, weight });
  }
  return terms;
}

function search(query: LocalMemoryQuery, { memory, runId, signal }: SearchOptions) {
  return memory.search({ ...query, filter: { runId } }, { signal });
}
