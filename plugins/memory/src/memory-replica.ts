import type { CallOptions, MemoryCapabilities, MemoryDoc, MemoryFilter, MemoryHit } from '@aiwork/core';
import { checkSignal } from '@aiwork/core/adapter-kit';
import { admitDoc, admitDocs, admitIds, admitQuery, type LocalMemoryQuery } from './admission.ts';
import { compileFilter } from './filter.ts';
import { find } from './find.ts';
import { type MemoryOptions, settingsFrom } from './options.ts';
import { createParts, deleteFrom, type PreparedDoc, upsertInto } from './parts.ts';
import { cutDocs, embedDocs } from './prepare-docs.ts';
import { queryVector } from './query-vector.ts';
import { searchCapabilities } from './search-capabilities.ts';
import { inTurns, type Steps } from './turns.ts';
import { createUnseenChange } from './unseen-change.ts';

/** What became of documents that are kept elsewhere. @since 0.1.0 */
export interface ReplicaChange {
  /** Of one id, once at most. */
  readonly upserts: readonly MemoryDoc[];
  /** Ids; those that are not there are passed over. */
  readonly deletes: readonly string[];
}

/**
 * What documents that are kept elsewhere are searched by in this process. Who keeps them says what became of them, in order:
 * replicas that were told the same find the same, to the last bit of every score.
 *
 * @since 0.1.0
 */
export interface MemoryReplica {
  /** What a memory with these options can do; what survives is for the one who keeps it to say. */
  readonly capabilities: Omit<MemoryCapabilities, 'durability'>;
  /** How many documents there are. */
  readonly size: number;
  /**
   * The documents of an `upsert` as they are to be kept: checked, copied, with the vectors that an embedder makes, and of
   * several with one id the last. Nothing is taken yet.
   *
   * @throws AiworkError what `upsert` of {@link createMemory} rejects with, and with `outcome: 'not-applied'`.
   */
  admit(docs: readonly MemoryDoc[], options?: CallOptions): Promise<readonly MemoryDoc[]>;
  /** The ids of a `delete`, checked, each once. */
  admitIds(ids: readonly string[]): readonly string[];
  /**
   * Takes a change in one step: a search sees all of it or nothing. One at a time; the event loop is left to others again
   * and again meanwhile. When it rejects, nothing was taken.
   */
  apply(change: ReplicaChange, options?: CallOptions): Promise<void>;
  /** As `search` of {@link createMemory}. */
  search(query: LocalMemoryQuery, options?: CallOptions): Promise<readonly MemoryHit[]>;
  /** The ids of the documents whose metadata fits. */
  idsOf(filter: MemoryFilter): readonly string[];
  /** Leaves nothing of what was deleted or replaced, words included. */
  compact(): Promise<void>;
}

/**
 * Makes an empty replica: the index of {@link createMemory} for memories that live in a service, such as those of
 * `@aiwork/redis-memory`.
 *
 * @example
 * ```ts
 * import { createMemoryReplica } from '@aiwork/memory';
 *
 * const replica = createMemoryReplica();
 * const docs = await replica.admit([{ id: 'tea', text: 'Green tea is steeped at 80 °C' }]);
 * // … kept by a service, which tells every process:
 * await replica.apply({ upserts: docs, deletes: [] });
 * const [best] = await replica.search({ text: 'steeped tea', topK: 1 });
 * console.log(best?.id); // tea
 * ```
 * @throws AiworkError `AIWORK_INVALID_ARGUMENT` when an option cannot be used.
 * @since 0.1.0
 */
export function createMemoryReplica(options: MemoryOptions = {}): MemoryReplica {
  const settings = settingsFrom(options);
  const parts = createParts(settings);
  const { index, table } = parts;
  const limits = { maxTextBytes: settings.maxTextBytes, dimensions: settings.vectors?.dimensions };
  // Others may take longer texts. What they kept has the vectors it is to have.
  const kept = { ...limits, maxTextBytes: Number.POSITIVE_INFINITY };

  const change = createUnseenChange();

  function* changed(upserts: readonly PreparedDoc[], deletes: readonly string[]): Steps {
    yield* upsertInto(parts, upserts);
    yield* deleteFrom(parts, deletes);
  }

  return {
    capabilities: searchCapabilities(settings),
    get size() {
      return index.size;
    },
    async admit(docs, { signal } = {}) {
      checkSignal(signal);
      const last = new Map(admitDocs(docs, limits).map((each) => [each.doc.id, each]));
      const whole = await embedDocs([...last.values()], settings, signal);
      return whole.map(({ doc, vector }) => (vector ? { ...doc, vector } : doc));
    },
    admitIds: (ids) => [...admitIds(ids)],
    async apply({ upserts, deletes }, { signal } = {}) {
      checkSignal(signal);
      const checked = upserts.map((doc, i) => admitDoc(doc, `upserts[${i}]`, kept));
      const prepared = await cutDocs(checked, settings, signal);
      table?.reserve(prepared.length);
      await change.make(changed(prepared, deletes));
      if (index.isWasteful) await inTurns(index.compact());
    },
    async search(query, { signal } = {}) {
      checkSignal(signal);
      const admitted = admitQuery(query, limits);
      const vector = await queryVector(admitted, settings, signal);
      await change.settled(signal);
      return find(parts, admitted, vector);
    },
    idsOf(filter) {
      const fits = compileFilter(filter);
      return [...index.docs()].filter(({ metadata }) => fits(metadata)).map(({ id }) => id);
    },
    compact: () => inTurns(index.compact()),
  };
}
