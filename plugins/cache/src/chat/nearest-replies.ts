import { LRUCache } from 'lru-cache';
import type { StoredReply } from './stored-reply.ts';
import { product } from './unit-vector.ts';

interface Kept {
  /** Hash of everything but the question. */
  readonly around: string;
  readonly vector: Float32Array;
  readonly reply: StoredReply;
  readonly expiresAt: number;
}

/** Replies, found by what was asked. */
export interface NearestReplies {
  /** The reply to the most alike question of the same surroundings, if it is alike enough. */
  find(around: string, vector: Float32Array, threshold: number, now: number): StoredReply | undefined;
  /** Takes the place of one to exactly the same question. */
  keep(entry: Kept): void;
}

/** What was given least recently makes room. */
export function nearestReplies(maxEntries: number): NearestReplies {
  let last = 0;
  const placesOf = new Map<string, Set<number>>();
  const entries = new LRUCache<number, Kept>({
    max: maxEntries,
    dispose({ around }, place) {
      const places = placesOf.get(around);
      places?.delete(place);
      if (places?.size === 0) placesOf.delete(around);
    },
  });

  function nearest(around: string, vector: Float32Array, now: number) {
    let best: { readonly place: number; readonly cosine: number } | undefined;
    for (const place of [...(placesOf.get(around) ?? [])]) {
      const kept = entries.peek(place);
      if (!kept || kept.expiresAt <= now) {
        entries.delete(place);
        continue;
      }
      const cosine = product(kept.vector, vector);
      if (cosine > (best?.cosine ?? -1)) best = { place, cosine };
    }
    return best;
  }

  return {
    find(around, vector, threshold, now) {
      const best = nearest(around, vector, now);
      return best && best.cosine >= threshold - rounding ? entries.get(best.place)?.reply : undefined;
    },
    keep(entry) {
      const same = nearest(entry.around, entry.vector, Number.NEGATIVE_INFINITY);
      if (same && same.cosine >= 1 - rounding) entries.delete(same.place);
      last += 1;
      entries.set(last, entry);
      placesOf.set(entry.around, (placesOf.get(entry.around) ?? new Set()).add(last));
    },
  };
}

/** The product of a vector of 32-bit numbers with itself is 1 only nearly. */
const rounding = 1e-6;
