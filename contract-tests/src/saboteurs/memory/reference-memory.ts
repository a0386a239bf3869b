import {
  AiworkError,
  type CallOptions,
  type ErrorCode,
  type Memory,
  type MemoryDoc,
  type MemoryHit,
  UnsupportedCapabilityError,
} from '@aiwork/core';
import { operators, predicateOf } from './reference-filter.ts';

/** What a reference memory is made of, so that a saboteur can put something else in the place of each part. */
const parts = {
  operators,
  words: (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}\p{M}]+/gu) ?? [],
  key: (id: string): string => id,
  kept: (doc: MemoryDoc, _before: MemoryDoc | undefined): MemoryDoc => copyOf(doc),
  /** Whether `hit` comes after `other`. */
  after: (hit: MemoryHit, other: MemoryHit): boolean =>
    hit.score === other.score ? hit.id > other.id : hit.score < other.score,
  best: (hits: readonly MemoryHit[], topK: number): readonly MemoryHit[] => hits.slice(0, topK),
  belongs: (score: number, minScore: number): boolean => score >= minScore,
};

export type MemoryParts = typeof parts;

const maxTextBytes = 4096;
const maxTopK = 1000;
const capabilities: Memory['capabilities'] = Object.freeze({
  search: Object.freeze(['text'] as const),
  filters: true,
  maxTextBytes,
  durability: 'process',
});

/** Through JSON, which keeps a field called `__proto__` a field. */
export const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const refusal = (code: ErrorCode, message: string, cause?: unknown) =>
  new AiworkError(code, message, { outcome: 'not-applied', cause });

function checkId(id: unknown): void {
  if (typeof id !== 'string' || id === '' || !id.isWellFormed()) {
    throw refusal('AIWORK_INVALID_ARGUMENT', 'an id is no well-formed string of at least one character');
  }
  if (id.length > 512) throw refusal('AIWORK_LIMIT_EXCEEDED', 'an id has more than 512 characters');
}

function checkVector(vector: unknown): void {
  if (vector !== undefined) throw new UnsupportedCapabilityError('this memory takes no vectors');
}

function checkDoc({ id, text, vector }: MemoryDoc): void {
  checkId(id);
  checkVector(vector);
  if (typeof text !== 'string') throw refusal('AIWORK_INVALID_ARGUMENT', 'a text is no string');
  if (Buffer.byteLength(text) > maxTextBytes) throw refusal('AIWORK_LIMIT_EXCEEDED', 'a text is too long');
}

function enter({ signal }: CallOptions = {}): void {
  if (signal?.aborted) throw refusal('AIWORK_CANCELLED', 'the call was aborted', signal.reason);
}

/** A memory that looks through every document: too slow to use, and too simple to be wrong. */
export function createReferenceMemory(changes: Partial<MemoryParts> = {}): Memory {
  const { operators, words, key, kept, after, best, belongs } = { ...parts, ...changes };
  const docs = new Map<string, { readonly doc: MemoryDoc; readonly words: readonly string[] }>();
  const close = async () => {};
  return {
    capabilities,
    async upsert(batch, options) {
      enter(options);
      batch.forEach(checkDoc);
      for (const doc of batch) {
        const whole = kept(doc, docs.get(key(doc.id))?.doc);
        docs.set(key(doc.id), { doc: whole, words: words(whole.text) });
      }
    },
    async search({ text = '', vector, topK, filter, minScore = 0 }, options) {
      enter(options);
      checkVector(vector);
      if (!Number.isInteger(topK) || topK < 1 || topK > maxTopK) {
        throw refusal('AIWORK_INVALID_ARGUMENT', 'topK is no whole number from 1 to 1000');
      }
      const fits = filter === undefined ? () => true : predicateOf(filter, operators);
      const query = new Set(words(text));
      const hits = [...docs.values()].flatMap(({ doc, words: own }) => {
        const shared = own.filter((word) => query.has(word)).length;
        const score = shared / (own.length + 1);
        return shared > 0 && belongs(score, minScore) && fits(doc.metadata ?? {})
          ? [{ ...copyOf(doc), score }]
          : [];
      });
      return best(
        hits.sort((a, b) => (after(a, b) ? 1 : -1)),
        topK,
      );
    },
    async delete(ids, options) {
      enter(options);
      ids.forEach(checkId);
      return ids.filter((id) => docs.delete(key(id))).length;
    },
    async count(options) {
      enter(options);
      return docs.size;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
