/** Most tokens that are worked on for nothing, as a part of those of texts: more than starting another batch costs. */
const mostFilling = 0.25;

/**
 * Chooses what is embedded together: the one that waits longest, and those that are about as long as it. A batch is as
 * long as its longest text, and what fills the others up is worked on, too.
 *
 * @returns indexes, ascending.
 */
export function chooseBatch(lengths: readonly number[], maxTokens: number): readonly number[] {
  const [oldest = 0] = lengths;
  const byCloseness = lengths
    .map((length, index) => ({ index, distance: Math.abs(length - oldest) }))
    .sort((a, b) => a.distance - b.distance || a.index - b.index);
  const chosen: number[] = [];
  let longest = 0;
  let read = 0;
  for (const { index } of byCloseness) {
    const length = lengths[index] ?? 0;
    const filled = (chosen.length + 1) * Math.max(longest, length);
    const isTooMuch = filled > maxTokens || filled - (read + length) > mostFilling * (read + length);
    // The rest is further away.
    if (isTooMuch && chosen.length > 0) break;
    chosen.push(index);
    longest = Math.max(longest, length);
    read += length;
  }
  return chosen.sort((a, b) => a - b);
}
