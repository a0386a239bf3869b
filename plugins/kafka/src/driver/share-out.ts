/**
 * Shares partitions out among members, so that each has as many as any other or one more, and keeps of what it had as much
 * as that allows.
 */
export function shareOut(
  partitions: readonly number[],
  had: ReadonlyMap<string, readonly number[]>,
): ReadonlyMap<string, readonly number[]> {
  const free = new Set(partitions);
  // Those who had most keep the odd ones; the rest is only for the same result everywhere.
  const members = [...had].toSorted(([a, ofA], [b, ofB]) => ofB.length - ofA.length || (a < b ? -1 : 1));
  const least = Math.floor(partitions.length / members.length);
  let odd = partitions.length % members.length;
  const shares = members.map(([member, owned]) => {
    const kept = owned.filter((partition) => free.has(partition)).slice(0, odd > 0 ? least + 1 : least);
    for (const partition of kept) free.delete(partition);
    if (kept.length > least) odd -= 1;
    return [member, kept] as const;
  });
  const rest = [...free].toSorted((a, b) => a - b);
  for (const [, share] of shares) share.push(...rest.splice(0, Math.max(0, least - share.length)));
  for (const [, share] of shares) if (share.length === least) share.push(...rest.splice(0, 1));
  return new Map(shares);
}
