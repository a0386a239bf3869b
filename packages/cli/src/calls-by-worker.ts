import type { RunEvent } from '@aiwork/core';
import { oneLine } from './terminal/one-line.ts';
import { table } from './terminal/table.ts';

/** Which workers did what queues took elsewhere, who did most of it first; no line when there was nothing. */
export function callsByWorker(events: readonly RunEvent[]): readonly string[] {
  const counts = new Map<string, { done: number; left: number }>();
  for (const event of events) {
    if (event.type !== 'child.used') continue;
    const { stints = [] } = event;
    for (const [i, { owner }] of stints.entries()) {
      const count = counts.get(owner) ?? { done: 0, left: 0 };
      counts.set(owner, count);
      count[i === stints.length - 1 ? 'done' : 'left'] += 1;
    }
  }
  if (counts.size === 0) return [];
  const byDone = [...counts].sort(([, a], [, b]) => b.done - a.done);
  const anyLeft = byDone.some(([, { left }]) => left > 0);
  const rows = byDone.map(([owner, { done, left }]) => [
    oneLine(owner),
    String(done),
    left > 0 ? String(left) : '',
  ]);
  return table(['WORKER', 'CALLS', anyLeft ? 'LEFT TO OTHERS' : ''], rows).split('\n');
}
