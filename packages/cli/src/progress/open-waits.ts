import type { RunEvent } from '@aiwork/core';

/** Which steps of a run wait for a signal. */
export interface OpenWaits {
  readonly ids: readonly string[];
  /** Those of them that nothing was sent to that may still be taken; none in a run that is to end. */
  readonly unanswered: readonly string[];
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
  const answered = new Set<string>();
  let ending = false;
  return {
    get ids() {
      return [...open];
    },
    get unanswered() {
      return ending ? [] : [...open].filter((id) => !answered.has(id));
    },
    apply(event) {
      if (event.type === 'step.waiting') open.add(event.stepId);
      else if (event.type === 'signal.received') answered.add(event.stepId);
      // A wait has no code that logs: it says that it refused a payload.
      else if (event.type === 'log') answered.delete(event.stepId);
      else if (event.type === 'run.cancel-requested' || event.type === 'run.ending') ending = true;
      else if (endings.has(event.type) && 'stepId' in event) open.delete(event.stepId);
    },
  };
}
