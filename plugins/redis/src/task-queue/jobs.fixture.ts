import type { Job } from '@aiwork/core';

export const jobOf = (id: string, changes: Partial<Job> = {}): Job => ({
  id,
  queue: 'q',
  runId: 'run',
  stepId: 'step',
  attempt: 1,
  priority: 0,
  ...changes,
});

/** Something that handlers wait for. */
export function gate() {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  return { opened, open };
}
