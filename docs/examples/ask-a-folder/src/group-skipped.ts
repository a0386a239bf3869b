import type { Skipped } from './document.ts';

export interface SkippedGroup {
  readonly reason: string;
  readonly entries: readonly Skipped[];
}

/** What was left out, by reason; reasons in the order in which they first came up. */
export function groupSkipped(skipped: readonly Skipped[]): SkippedGroup[] {
  const groups = Map.groupBy(skipped, ({ reason }) => reason);
  return [...groups].map(([reason, entries]) => ({ reason, entries }));
}
