import type { DagRun } from './dag-run.ts';
import type { DagRunView } from './follow-dag-run.ts';
import { pause } from './pause.ts';

const over = ['success', 'failed', 'skipped', 'upstream_failed', 'removed'];
const lookEveryMs = 500;
const patienceMs = 15_000;

/**
 * Marks a run as failed until it stays so and its tasks have stopped. Once is not enough: a scheduler that is just looking
 * at the run sees its last tasks skipped, and takes that for a success.
 */
export async function cancelDagRun(
  view: DagRunView,
  markFailed: () => Promise<DagRun>,
  signal: AbortSignal | undefined,
): Promise<DagRun> {
  const end = performance.now() + patienceMs;
  let run = await markFailed();
  for (let quiet = 0; quiet < 2 && performance.now() < end; ) {
    await pause(lookEveryMs, 'waiting for the tasks to stop', signal);
    run = await view.run(signal);
    if (run.state !== 'failed') {
      run = await markFailed();
      quiet = 0;
      continue;
    }
    const tasks = await view.tasks(signal);
    quiet = tasks.every(({ state = '' }) => over.includes(state)) ? quiet + 1 : 0;
  }
  return run;
}
