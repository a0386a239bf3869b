import { AiworkError, type MemoryDoc, type Progress } from '@aiwork/core';
import { checkSignal, untilAborted } from '@aiwork/core/adapter-kit';
import type { MemoryReplica } from '@aiwork/memory';
import type { Changes, KeptDoc, KeptDocs, Step } from './kept-docs.ts';
import { readAhead } from './read-ahead.ts';
import { createTurnTaking } from './turn-taking.ts';

/** How often all versions are compared before somebody is told that it does not end. */
const maxComparisons = 5;

/** Keeps a replica at what Redis has. */
export interface Follower {
  /** Reads everything. */
  begin(
    onProgress: ((progress: Progress) => void) | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void>;
  /** Resolves when the replica has all that Redis had when this was called. */
  catchUp(signal?: AbortSignal): Promise<void>;
  /** Resolves when it has all that Redis had so many milliseconds ago. */
  catchUpWithin(maxStalenessMs: number, signal?: AbortSignal): Promise<void>;
  /** Takes what this process wrote: at once, where nobody else wrote meanwhile. It never fails: it is written. */
  take(
    step: Step,
    change: { readonly kept?: readonly KeptDoc[]; readonly dropped?: readonly string[] },
  ): Promise<void>;
  /** Somebody may have written: what is known is not new enough for anybody. */
  doubt(): void;
  /** The versions of those that are there. */
  versionsOf(ids: Iterable<string>): ReadonlyMap<string, string>;
  /** Ends what is at work. */
  close(): Promise<void>;
}

export function createFollower(docs: KeptDocs, replica: MemoryReplica): Follower {
  const versions = new Map<string, string>();
  const turns = createTurnTaking();
  const closing = new AbortController();
  /** The change up to which the replica has everything; `undefined` while that is no state there ever was. */
  let position: string | undefined;
  /** When the server was asked last, of the times that it answered. */
  let askedAt = 0;
  /** Since when somebody may have written what has to be seen here. */
  let doubtedAt = 0;

  function doubt(): void {
    doubtedAt = performance.now();
  }

  async function apply(
    kept: readonly KeptDoc[],
    dropped: readonly string[],
    signal?: AbortSignal,
  ): Promise<void> {
    const fresh = kept.filter(({ id, version }) => versions.get(id) !== version);
    const gone = dropped.filter((id) => versions.has(id));
    if (fresh.length === 0 && gone.length === 0) return;
    await replica.apply(
      { upserts: fresh.map(({ doc }): MemoryDoc => doc), deletes: gone },
      { ...(signal && { signal }) },
    );
    for (const { id, version } of fresh) versions.set(id, version);
    for (const id of gone) versions.delete(id);
  }

  /** Everything since `position`, taken in one step; whether that could be said. */
  async function follow(from: string, signal: AbortSignal): Promise<boolean> {
    const found = new Map<string, KeptDoc | undefined>();
    let hasForgotten = false;
    let page: Changes;
    for (let after = from; ; after = page.to) {
      page = await docs.changesSince(after, signal);
      if (page.is === 'gap') return false;
      for (const each of page.kept) found.set(each.id, each);
      for (const id of page.dropped) found.set(id, undefined);
      hasForgotten ||= page.hasForgotten;
      // Until then, some ids are of a later state than others.
      if (page.is === 'all') break;
    }
    const kept = [...found.values()].filter((each) => each !== undefined);
    const dropped = [...found].filter(([, each]) => each === undefined).map(([id]) => id);
    await apply(kept, dropped, signal);
    if (hasForgotten) await replica.compact();
    position = page.head;
    return page.documents === replica.size;
  }

  /** What has another version than here, and in `there` what is there. */
  async function* differing(there: Set<string>, signal: AbortSignal): AsyncGenerator<readonly KeptDoc[]> {
    for await (const page of docs.versions(signal)) {
      const wanted: string[] = [];
      for (const [id, version] of page) {
        there.add(id);
        if (versions.get(id) !== version) wanted.push(id);
      }
      yield* docs.read(wanted, signal);
    }
  }

  /** Takes what is there now. What changes meanwhile is for `follow`. */
  async function compare(signal: AbortSignal, onProgress?: (progress: Progress) => void): Promise<string> {
    const { head, documents } = await docs.look(signal);
    position = undefined;
    const isAnew = versions.size > 0;
    const there = new Set<string>();
    for await (const kept of readAhead(differing(there, signal))) {
      await apply(kept, [], signal);
      onProgress?.({ done: versions.size, total: documents, unit: 'items' });
    }
    const gone = [...versions.keys()].filter((id) => !there.has(id));
    await apply([], gone, signal);
    // Some of what has gone, or is replaced, may have been forgotten.
    if (isAnew) await replica.compact();
    return head;
  }

  async function synchronise(signal: AbortSignal, onProgress?: (progress: Progress) => void): Promise<void> {
    const asked = performance.now();
    let from = position;
    for (let comparisons = 0; from === undefined || !(await follow(from, signal)); comparisons += 1) {
      if (comparisons === maxComparisons)
        throw new AiworkError(
          'AIWORK_STORE_BUSY',
          'the memory changes faster than this process can read it: try again when less is written, or write fewer documents at once',
          { outcome: 'not-applied', retryable: true },
        );
      from = await compare(signal, onProgress);
    }
    askedAt = asked;
  }

  const next = turns.shared(() => synchronise(closing.signal));

  async function catchUp(signal?: AbortSignal): Promise<void> {
    checkSignal(signal);
    const done = next();
    if (!signal) return done;
    await untilAborted(done, signal).catch((error: unknown) => {
      checkSignal(signal);
      throw error;
    });
  }

  return {
    begin: (onProgress, signal) =>
      turns.inTurn(() =>
        synchronise(signal ? AbortSignal.any([signal, closing.signal]) : closing.signal, onProgress),
      ),
    catchUp,
    async catchUpWithin(maxStalenessMs, signal) {
      const isKnown = position !== undefined && askedAt > doubtedAt;
      if (!isKnown || maxStalenessMs === 0 || performance.now() - askedAt > maxStalenessMs)
        await catchUp(signal);
      else checkSignal(signal);
    },
    async take({ from, to }, { kept = [], dropped = [] }) {
      try {
        const isTaken = await turns.inTurn(async () => {
          if (position !== from) return false;
          await apply(kept, dropped);
          position = to;
          return true;
        });
        if (!isTaken) await next();
      } catch {
        doubt();
      }
    },
    doubt,
    versionsOf: (ids) =>
      new Map(
        [...ids].flatMap((id) => {
          const version = versions.get(id);
          return version === undefined ? [] : [[id, version] as const];
        }),
      ),
    async close() {
      closing.abort();
      await turns.inTurn(async () => {});
    },
  };
}
