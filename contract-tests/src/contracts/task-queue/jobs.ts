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

/** Jobs `1` to `count`, each changed as `changes` says. */
export const jobsOf = (count: number, changes: (n: number) => Partial<Job> = () => ({})): readonly Job[] =>
  Array.from({ length: count }, (_, n) => jobOf(`${n + 1}`, changes(n + 1)));

export const idsOf = (jobs: readonly Job[]): readonly string[] => jobs.map(({ id }) => id);

/** Waits for as long as the job is not lost, nor the check over. */
export const hang = (...signals: readonly AbortSignal[]): Promise<void> =>
  new Promise((resolve) => {
    const signal = AbortSignal.any([...signals]);
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

export const fail = (): never => {
  throw new Error('the handler failed');
};

/** Something that handlers wait for, until the check is over at the latest. */
export function gate({ signal }: { readonly signal: AbortSignal }) {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => open(), { once: true });
  return { opened, open };
}
