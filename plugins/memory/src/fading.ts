import { type Duration, type MemoryHit, toMilliseconds } from '@aiwork/core';
import { invalidArgument } from '@aiwork/core/adapter-kit';

/** What the score of a hit is multiplied with, 0 or more. @since 0.1.0 */
export type Weigh = (hit: MemoryHit) => number;

/** What {@link fading} goes by. @since 0.1.0 */
export interface FadingOptions {
  /** Metadata that says when: milliseconds since the Unix epoch, or a date as ISO 8601 has it. */
  readonly at: string;
  /** After so long, a document counts half as much. */
  readonly halfLife: Duration;
  /** Metadata that says how much it matters: a number of 0 or more; 1 where it is missing. */
  readonly importance?: string;
  /** Default `Date.now`. */
  readonly now?: () => number;
}

/**
 * For `weigh` of a search: lets documents fade as they get older, and those that matter stand out. One that does not say
 * when it is from does not fade; one that is from later than now counts as from now.
 *
 * @example
 * ```ts
 * import { createMemory, fading } from '@aiwork/memory';
 *
 * await using memory = createMemory();
 * await memory.upsert([
 *   { id: 'old', text: 'The meeting is on Monday', metadata: { at: '2020-01-06' } },
 *   { id: 'new', text: 'The meeting is on Friday, not on Monday', metadata: { at: '2026-01-05' } },
 * ]);
 * const weigh = fading({ at: 'at', halfLife: '30d' });
 * const [best] = await memory.search({ text: 'meeting on Monday', topK: 1, weigh });
 * console.log(best?.id); // new
 * ```
 * @throws AiworkError `AIWORK_INVALID_ARGUMENT` when the half-life is no duration above 0.
 * @since 0.1.0
 */
export function fading({ at, halfLife, importance, now = Date.now }: FadingOptions): Weigh {
  const halfLifeMs = toMilliseconds(halfLife, 'halfLife');
  if (halfLifeMs === 0) throw invalidArgument('halfLife is 0: use a duration above it');
  return ({ metadata = {} }) => {
    const since = timeOf(metadata[at]);
    const age = since === undefined ? 0 : Math.max(0, now() - since);
    const matters = importance === undefined ? undefined : metadata[importance];
    return 0.5 ** (age / halfLifeMs) * (typeof matters === 'number' && matters >= 0 ? matters : 1);
  };
}

function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : value;
  return typeof time === 'number' && Number.isFinite(time) ? time : undefined;
}
