import { AiworkError, type Memory, type MemoryDoc, type MemoryHit } from '@aiwork/core';
import { embedded, type Subject } from '../../engine/subject.ts';
import { clientOf } from '../client-of.ts';
import { operators, predicateOf } from './reference-filter.ts';
import { createReferenceMemory } from './reference-memory.ts';

const dimensions = 3;

/** What searching by vector is made of, so that a saboteur can put something else in the place of each part. */
const parts = {
  isVector: (vector: unknown): boolean =>
    vector instanceof Float32Array && vector.length === dimensions && vector.every(Number.isFinite),
  kept: (vector: Float32Array): Float32Array => vector.slice(),
  /** As it is compared. */
  unit: (vector: Float32Array): Float32Array => {
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  },
  score: (a: Float32Array, b: Float32Array): number =>
    a.reduce((sum, value, i) => sum + value * (b[i] as number), 0),
  looksAt: <T>(docs: readonly T[]): readonly T[] => docs,
  after: (hit: MemoryHit, other: MemoryHit): boolean =>
    hit.score === other.score ? hit.id > other.id : hit.score < other.score,
  belongs: (score: number, minScore: number): boolean => score >= minScore,
  filterFirst: true,
  /** Whether the vector of a document that was replaced by one without, or deleted, goes. */
  forgetsOn: { upsert: true, delete: true },
  dimensions: dimensions as number | undefined,
};

export type VectorParts = typeof parts;

/** A memory that looks at every vector; all else is as the reference without vectors has it. */
function createVectorMemory(changes: Partial<VectorParts>): Memory {
  const made = { ...parts, ...changes };
  const words = createReferenceMemory();
  const docs = new Map<string, { readonly doc: MemoryDoc; readonly vector: Float32Array }>();

  function check(vector: unknown): void {
    if (vector === undefined || made.isVector(vector)) return;
    throw new AiworkError('AIWORK_INVALID_ARGUMENT', 'this is no vector', { outcome: 'not-applied' });
  }

  return {
    ...words,
    capabilities: Object.freeze({
      ...words.capabilities,
      search: Object.freeze(['text', 'vector'] as const),
      ...(made.dimensions !== undefined && { dimensions: made.dimensions }),
    }),
    async upsert(batch, options) {
      for (const { vector } of batch) check(vector);
      await words.upsert(
        batch.map(({ vector: _, ...doc }) => doc),
        options,
      );
      for (const { vector, ...doc } of batch) {
        if (vector) docs.set(doc.id, { doc, vector: made.kept(vector) });
        else if (made.forgetsOn.upsert) docs.delete(doc.id);
      }
    },
    async search({ vector, ...query }, options) {
      check(vector);
      if (vector === undefined) return words.search(query, options);
      const { topK, filter, minScore = Number.NEGATIVE_INFINITY } = query;
      const fits = filter === undefined ? () => true : predicateOf(filter, operators);
      const fitting = ({ metadata = {} }: MemoryDoc) => fits(metadata);
      const wanted = made.unit(vector);
      const hits = made
        .looksAt([...docs.values()])
        .filter(({ doc }) => !made.filterFirst || fitting(doc))
        .map((each) => ({ ...each.doc, score: made.score(wanted, made.unit(each.vector)) }))
        .filter(({ score }) => made.belongs(score, minScore))
        .sort((a, b) => (made.after(a, b) ? 1 : -1))
        .slice(0, topK);
      return made.filterFirst ? hits : hits.filter(fitting);
    },
    async delete(ids, options) {
      const deleted = await words.delete(ids, options);
      if (made.forgetsOn.delete) for (const id of ids) docs.delete(id);
      return deleted;
    },
  };
}

/** A correct memory that searches by vector, too, for each namespace. */
export function referenceVectors(changes: Partial<VectorParts> = {}): Subject<Memory> {
  const spaces = new Map<string, Memory>();
  return {
    secondClient: true,
    service: embedded,
    open({ namespace }) {
      const shared = spaces.get(namespace) ?? createVectorMemory(changes);
      spaces.set(namespace, shared);
      return clientOf(shared, []);
    },
  };
}

/** The mistake is in the memory that all clients share. */
export const withVectors = (changes: Partial<VectorParts>) => () => referenceVectors(changes);
