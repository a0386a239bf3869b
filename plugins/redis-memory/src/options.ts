import type { Progress } from '@aiwork/core';
import { invalidArgument, shown } from '@aiwork/core/adapter-kit';
import type { MemoryOptions } from '@aiwork/memory';
import type { RedisPlaceOptions } from '@aiwork/redis/adapter-kit';

/** What {@link createRedisMemory} takes: where the memory is, and what it finds documents by. @since 0.1.0 */
export interface RedisMemoryOptions extends RedisPlaceOptions, MemoryOptions {
  /**
   * How old the answer of a search or a count may be, in milliseconds. Default 0: each asks the server first whether
   * something has changed, and sees every write of any process that resolved before it began. With more, one asks only
   * when the last time is longer ago; what this process wrote is seen in any case. `Infinity` never asks, and so answers
   * without a server, too.
   */
  readonly maxStalenessMs?: number;
  /** How often this process looks for changes without being asked, in milliseconds. Default 1000. */
  readonly followEveryMs?: number;
  /** How many documents were read, and how many there are; called while the memory is opened. */
  readonly onProgress?: (progress: Progress) => void;
}

/** Options with every default filled in. */
export interface FollowSettings {
  readonly maxStalenessMs: number;
  readonly followEveryMs: number;
}

export function followSettings({
  maxStalenessMs = 0,
  followEveryMs = 1000,
}: RedisMemoryOptions): FollowSettings {
  if (typeof maxStalenessMs !== 'number' || !(maxStalenessMs >= 0))
    throw invalidArgument(
      `maxStalenessMs is ${shown(maxStalenessMs)}: give a number of milliseconds from 0 on, or Infinity`,
    );
  if (!Number.isInteger(followEveryMs) || followEveryMs < 1 || followEveryMs > 0x7fff_ffff)
    throw invalidArgument(
      `followEveryMs is ${shown(followEveryMs)}: give a whole number of milliseconds greater than 0`,
    );
  return { maxStalenessMs, followEveryMs };
}
