import type { RunEvent } from '@aiwork/core';

/** A step that waits for an answer from outside. */
export interface OpenWait {
  readonly step: string;
  readonly prompt?: unknown;
  /** The run that waits, where it is one that another has started. */
  readonly below?: { readonly runId: string; readonly unitId: string };
}

/** Which steps wait for an answer, as a run's events tell it. */
export interface OpenWaits {
  apply(event: RunEvent): void;
  /** Those that nothing was sent to that may still be taken. */
  unanswered(): readonly OpenWait[];
}

export function trackWaits(): OpenWaits {
  const open = new Map<string, OpenWait>();
  const answered = new Set<string>();
  return {
    apply(event) {
      if (event.type === 'step.waiting') {
        const { stepId: step, prompt } = event;
        open.set(step, { step, ...(prompt !== undefined && { prompt }) });
      } else if (event.type === 'signal.received') answered.add(event.stepId);
      // A wait logs when it refuses an answer, and goes on waiting.
      else if (event.type === 'log') answered.delete(event.stepId);
      else if (event.type === 'run.cancel-requested' || event.type === 'run.ending') open.clear();
      else if (event.type.startsWith('step.') && 'stepId' in event) open.delete(event.stepId);
    },
    unanswered: () => [...open.values()].filter(({ step }) => !answered.has(step)),
  };
}
