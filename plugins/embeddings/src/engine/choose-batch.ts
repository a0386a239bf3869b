/** Most tokens that are worked on for nothing, as a part of those of texts: more than starting another batch costs. */
const mostFilling = 0.25;

interface BatchLimits {
  /** Most tokens of a batch, with what fills short texts up. */
  readonly maxTokens: number;
  /** How many batches could be worked on at once: none takes more than its share, and leaves the others nothing. */
  readonly free: number;
}

/**
 * Chooses what is embedded together: the one that waits longest, and those that are about as long as it. A batch is as
 * long as its longest text, and what fills the others up is worked on, too.
 *
 * @returns indexes, ascending.
 */
export function chooseBatch(lengths: readonly number[], { maxTokens, free }: BatchLimits): readonly number[] {
  const [oldest = 0] = lengths;
  const share = Math.ceil(lengths.reduce((sum, length) => sum + length, 0) / free);
  const byCloseness = lengths
    .map((length, index) => ({ index, distance: Math.abs(length - oldest) }))
    .sort((a, b) => a.distance - b.distance || a.index - b.index);
  const chosen: number[] = [];
  let longest = 0;
  let read = 0;
  for (const { index } of byCloseness) {
    const length = lengths[index] ?? 0;
    const filled = (chosen.length + 1) * Math.max(longest, length);
    const tokens = read + length;
    const isTooMuch = filled > maxTokens || tokens > share || filled - tokens > mostFilling * tokens;
    // The rest is further away.
    if (isTooMuch && chosen.length > 0) break;
    chosen.push(index);
    longest = Math.max(longest, length);
    read = tokens;
  }
  return chosen.sort((a, b) => a - b);
}
