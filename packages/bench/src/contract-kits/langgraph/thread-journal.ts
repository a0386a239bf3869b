import type { RunStore } from '@aiwork/core';
import type {
  Checkpoint,
  CheckpointMetadata,
  MemorySaver,
  PendingWrite,
} from '@langchain/langgraph-checkpoint';

/** What is kept of a thread, in the order it was put. */
export type Entry =
  | {
      readonly kind: 'value';
      readonly ns: string;
      readonly channel: string;
      readonly version: number | string;
      readonly value: unknown;
    }
  | {
      readonly kind: 'checkpoint';
      readonly ns: string;
      readonly parent: string | undefined;
      readonly checkpoint: Omit<Checkpoint, 'channel_values'>;
      readonly metadata: CheckpointMetadata;
    }
  | {
      readonly kind: 'writes';
      readonly ns: string;
      readonly checkpointId: string;
      readonly writes: PendingWrite[];
      readonly taskId: string;
      readonly taskPath: string;
    };

/** Puts everything a run holds of a thread into LangGraph's own checkpointer. */
export async function replayThread(store: RunStore, threadId: string, memory: MemorySaver): Promise<void> {
  const values = new Map<string, unknown>();
  const keyOf = (...parts: readonly unknown[]) => JSON.stringify(parts);
  for await (const event of store.events(threadId)) {
    if (event.type !== 'step.succeeded') continue;
    const entry = event.output as Entry;
    const config = (id: string | undefined) => ({
      configurable: { thread_id: threadId, checkpoint_ns: entry.ns, checkpoint_id: id },
    });
    if (entry.kind === 'value') {
      values.set(keyOf(entry.ns, entry.channel, entry.version), entry.value);
    } else if (entry.kind === 'writes') {
      await memory.putWrites(config(entry.checkpointId), entry.writes, entry.taskId, entry.taskPath);
    } else {
      const known = Object.entries(entry.checkpoint.channel_versions).flatMap(([channel, version]) => {
        const key = keyOf(entry.ns, channel, version);
        return values.has(key) ? [[channel, values.get(key)]] : [];
      });
      const checkpoint = { ...entry.checkpoint, channel_values: Object.fromEntries(known) };
      await memory.put(config(entry.parent), checkpoint, entry.metadata);
    }
  }
}
