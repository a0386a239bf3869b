import type { RunEvent } from '@aiwork/core';

/** Which steps of a run wait for a signal. */
export interface OpenWaits {
  readonly ids: readonly string[];
  apply(event: RunEvent): void;
}

const endings: ReadonlySet<string> = new Set<RunEvent['type']>([
  'step.succeeded',
  'step.failed',
  'step.skipped',
  'step.cancelled',
  'step.abandoned',
]);

export function trackWaits(): OpenWaits {
  const open = new Set<string>();
  return {
    get ids() {
      return [...open];
    },
    apply(event) {
      if (event.type === 'step.waiting') open.add(event.stepId);
      else if (endings.has(event.type) && 'stepId' in event) open.delete(event.stepId);
    },
  };
}
