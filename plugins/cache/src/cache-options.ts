import { checkKey, checkTtl, invalidArgument, limitExceeded } from '@aiwork/core/adapter-kit';

/** What every cache of this package refuses by. */
export interface CacheLimits {
  readonly maxKeyBytes: number;
  readonly maxValueBytes: number;
}

/** Refuses what cannot be set. */
export function checkEntry(
  key: string,
  value: unknown,
  ttlMs: number | undefined,
  { maxKeyBytes, maxValueBytes }: CacheLimits,
): asserts value is Uint8Array {
  checkKey(key, maxKeyBytes);
  if (ttlMs !== undefined) checkTtl(ttlMs);
  if (!(value instanceof Uint8Array)) throw invalidArgument('the value is no Uint8Array: give bytes');
  if (value.byteLength > maxValueBytes) {
    throw limitExceeded('the value', value.byteLength, 'maxValueBytes', maxValueBytes);
  }
}

/** An option that is a whole number of at least 1. */
export function countOption(value: number, name: string): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw invalidArgument(`${name} is ${value}: give a whole number of 1 or more`);
}

/** What an entry takes beside its bytes, about: many small ones are bounded, too. */
const entryBytes = 128;

/** The bytes an entry takes of `maxBytes`. */
export function entryRoom(key: string, value: Uint8Array): number {
  return value.byteLength + Buffer.byteLength(key) + entryBytes;
}

/** Refuses a room in which the largest entry alone would not fit. */
export function checkRoom({
  maxBytes,
  maxKeyBytes,
  maxValueBytes,
}: CacheLimits & { readonly maxBytes: number }): void {
  if (maxKeyBytes + maxValueBytes + entryBytes <= maxBytes) return;
  throw invalidArgument(
    `maxBytes is ${maxBytes}, which has no room for one entry of maxKeyBytes (${maxKeyBytes}) and maxValueBytes (${maxValueBytes}): raise it, or lower these`,
  );
}
