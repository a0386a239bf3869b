/** From this distance on, MPNet tells positions no longer apart. */
const furthest = 128;

/**
 * What MPNet adds to the attention of each head by distance alone, from `positions - 1` tokens before to as many behind:
 * its weights have a row for each group of distances, of which those behind come first.
 */
export function biasByDistance(
  weights: Float32Array,
  groups: number,
  heads: number,
  positions: number,
): Float32Array {
  const table = new Float32Array((2 * positions - 1) * heads);
  for (let at = 0; at < 2 * positions - 1; at += 1) {
    const group = groupOf(at - (positions - 1), groups);
    table.set(weights.subarray(group * heads, (group + 1) * heads), at * heads);
  }
  return table;
}

function groupOf(distance: number, groups: number): number {
  const half = groups / 2;
  const exact = half / 2;
  const steps = Math.abs(distance);
  const side = distance > 0 ? half : 0;
  if (steps < exact) return side + steps;
  // In the precision of the original, in which whole numbers come out where they should.
  const scaled = Math.fround(Math.log(Math.fround(steps / exact)));
  const more = Math.trunc(Math.fround(Math.fround(scaled / Math.log(furthest / exact)) * (half - exact)));
  return side + Math.min(half - 1, exact + more);
}
