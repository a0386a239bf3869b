import { hasCode, type Orchestrator, type TaskQueue } from '@aiwork/core';
import { loadFlowFile } from './flow-file/load-flow-file.ts';
import { openOrchestrator } from './open-orchestrator.ts';
import { UsageError } from './usage-error.ts';

/** What the commands about a queue are all given. */
export interface QueueOptions {
  readonly queue: string;
  readonly group: string;
  readonly json?: boolean;
}

export interface OpenQueue extends AsyncDisposable {
  readonly queue: TaskQueue;
}

/**
 * The queue that the plugins of a flow file provide.
 *
 * @throws `AIWORK_USAGE` when none of them does.
 */
export async function openQueue(file: string): Promise<OpenQueue> {
  const orchestrator = await openOrchestrator({ flowFile: await loadFlowFile(file) });
  try {
    return {
      queue: await queueOf(orchestrator, file),
      [Symbol.asyncDispose]: () => orchestrator.close(),
    };
  } catch (error) {
    await orchestrator.close();
    throw error;
  }
}

async function queueOf(orchestrator: Orchestrator, file: string): Promise<TaskQueue> {
  // Plugins are set up by the first call that reads or starts a run.
  await orchestrator.list({ limit: 1 });
  try {
    return orchestrator.use('queue');
  } catch (error) {
    if (!hasCode(error, 'AIWORK_SLOT_EMPTY')) throw error;
    throw new UsageError(`no plugin of ${file} provides a queue`, {
      hint: "name one in it: export const aiwork = { plugins: [kafka({ brokers: ['localhost:9092'] })] }",
    });
  }
}
