import { AiworkError } from '@aiwork/core';
import type { DagRun, DagRunChange, FollowOptions } from './dag-run.ts';
import { pause } from './pause.ts';
import type { TaskInstance } from './task-instances.ts';

/** How a run is looked at. */
export interface DagRunView {
  run(signal: AbortSignal | undefined): Promise<DagRun>;
  tasks(signal: AbortSignal | undefined): Promise<readonly TaskInstance[]>;
}

const isOver = ({ state }: DagRun) => state === 'success' || state === 'failed';

/** Looks again and again, more seldom while nothing happens, and gives what is not as it was. */
export async function* followDagRun(
  view: DagRunView,
  { signal, minDelayMs = 500, maxDelayMs = 10_000, patienceMs = 60_000 }: FollowOptions,
): AsyncGenerator<DagRunChange, void, undefined> {
  const seen = new Map<string, string>();
  let delayMs = minDelayMs;
  let awaySince: number | undefined;
  for (;;) {
    try {
      // The run first: when it is over, the tasks are as they stay.
      const run = await view.run(signal);
      const changes = [...changesOf(seen, await view.tasks(signal)), ...runChange(seen, run)];
      yield* changes;
      if (isOver(run)) return;
      awaySince = undefined;
      delayMs = changes.length > 0 ? minDelayMs : Math.min(maxDelayMs, delayMs * 1.5);
    } catch (error) {
      if (!AiworkError.isInstance(error) || !error.retryable) throw error;
      awaySince ??= performance.now();
      if (performance.now() - awaySince > patienceMs) throw error;
      delayMs = Math.max(error.retryAfterMs ?? 0, Math.min(maxDelayMs, delayMs * 1.5));
    }
    await pause(delayMs, 'following the run', signal);
  }
}

function runChange(seen: Map<string, string>, { state }: DagRun): readonly DagRunChange[] {
  if (seen.get('') === state) return [];
  seen.set('', state);
  return [{ type: 'run', state }];
}

function changesOf(seen: Map<string, string>, tasks: readonly TaskInstance[]): readonly DagRunChange[] {
  return tasks.flatMap(({ taskId, mapIndex, state, attempt }): readonly DagRunChange[] => {
    // What is not scheduled yet is not worth telling.
    if (state === undefined) return [];
    const key = JSON.stringify([taskId, mapIndex]);
    const now = `${state} ${attempt}`;
    if (seen.get(key) === now) return [];
    seen.set(key, now);
    return [{ type: 'task', taskId, ...(mapIndex !== undefined && { mapIndex }), state, attempt }];
  });
}
