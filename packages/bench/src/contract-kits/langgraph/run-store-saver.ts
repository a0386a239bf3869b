import type { RunEvent, RunStore } from '@aiwork/core';
import type { RunnableConfig } from '@langchain/core/runnables';
import {
  BaseCheckpointSaver,
  type ChannelVersions,
  type Checkpoint,
  type CheckpointListOptions,
  type CheckpointMetadata,
  MemorySaver,
  type PendingWrite,
} from '@langchain/langgraph-checkpoint';
import { type Entry, replayThread } from './thread-journal.ts';

/** Tries of an append that others are faster than, so that a store that always says no is noticed. */
const mostTries = 20;

/**
 * A LangGraph checkpointer that keeps each thread as a run, and what is put into it as events of that run. Reading plays
 * the events into LangGraph's own checkpointer in memory and asks that.
 */
export class RunStoreSaver extends BaseCheckpointSaver {
  readonly #open: () => Promise<RunStore>;
  readonly #lastSeq = new Map<string, number>();
  #opened: Promise<RunStore> | undefined;

  constructor(open: () => Promise<RunStore>) {
    super();
    this.#open = open;
  }

  async getTuple(config: RunnableConfig) {
    const memory = new MemorySaver();
    const threadId = config.configurable?.['thread_id'];
    if (threadId !== undefined) await replayThread(await this.#store(), threadId, memory);
    return memory.getTuple(config);
  }

  async *list(config: RunnableConfig, options: CheckpointListOptions = {}) {
    const store = await this.#store();
    const threadId = config.configurable?.['thread_id'];
    let { limit = Number.POSITIVE_INFINITY } = options;
    for await (const id of threadId === undefined ? this.#threads() : [threadId]) {
      const memory = new MemorySaver();
      await replayThread(store, id, memory);
      for await (const tuple of memory.list(config, options)) {
        limit -= 1;
        if (limit < 0) return;
        yield tuple;
      }
    }
  }

  /** Stores the values that changed, each once, and the checkpoint without them. */
  async put(
    config: RunnableConfig,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
    newVersions: ChannelVersions,
  ) {
    const { threadId, ns, parent } = placeOf(config);
    const { channel_values, ...rest } = checkpoint;
    const values = Object.entries(newVersions).map(
      ([channel, version]): Entry => ({
        kind: 'value',
        ns,
        channel,
        version,
        value: channel_values[channel],
      }),
    );
    await this.#append(threadId, [...values, { kind: 'checkpoint', ns, parent, checkpoint: rest, metadata }]);
    return { configurable: { thread_id: threadId, checkpoint_ns: ns, checkpoint_id: checkpoint.id } };
  }

  async putWrites(config: RunnableConfig, writes: PendingWrite[], taskId: string, taskPath = '') {
    const { threadId, ns, parent: checkpointId } = placeOf(config);
    if (checkpointId === undefined) throw new Error('the config names no checkpoint_id');
    await this.#append(threadId, [{ kind: 'writes', ns, checkpointId, writes, taskId, taskPath }]);
  }

  async deleteThread(threadId: string) {
    const store = await this.#store();
    for (let tries = 0; tries < mostTries; tries += 1) {
      const expectedSeq = await this.#readLastSeq(threadId);
      const result = await store.append(threadId, { expectedSeq, events: [], status: 'succeeded' });
      if (!result.applied && result.reason === 'conflict') continue;
      while ((await store.prune(Date.now() + 1)).length > 0);
      this.#lastSeq.delete(threadId);
      return;
    }
    throw new Error(`the thread ${threadId} could not be deleted`);
  }

  async #append(threadId: string, entries: readonly Entry[]): Promise<void> {
    const store = await this.#store();
    for (let tries = 0; tries < mostTries; tries += 1) {
      const expectedSeq = this.#lastSeq.get(threadId) ?? 0;
      const at = Date.now();
      const events = entries.map(
        (output, i): RunEvent => ({
          ...{ seq: expectedSeq + 1 + i, at, runId: threadId },
          ...{ type: 'step.succeeded', stepId: output.kind, attempt: 1, output },
        }),
      );
      const result = await store.append(threadId, { expectedSeq, events });
      if (result.applied) {
        this.#lastSeq.set(threadId, result.seq);
        return;
      }
      if (result.reason === 'absent') await createThread(store, threadId);
      this.#lastSeq.set(threadId, await this.#readLastSeq(threadId));
    }
    throw new Error(`nothing could be appended to the thread ${threadId}`);
  }

  async #readLastSeq(threadId: string): Promise<number> {
    let last = 0;
    for await (const { seq } of (await this.#store()).events(threadId)) last = seq;
    return last;
  }

  async *#threads(): AsyncGenerator<string> {
    const store = await this.#store();
    for (let cursor: string | undefined; ; ) {
      const page = await store.list(cursor === undefined ? {} : { cursor });
      for (const { id } of page.items) yield id;
      if (page.cursor === undefined) return;
      cursor = page.cursor;
    }
  }

  #store(): Promise<RunStore> {
    this.#opened ??= this.#open();
    return this.#opened;
  }
}

function placeOf({ configurable }: RunnableConfig) {
  const threadId = configurable?.['thread_id'];
  if (typeof threadId !== 'string') throw new Error('the config names no thread_id');
  const ns: string = configurable?.['checkpoint_ns'] ?? '';
  const parent: string | undefined = configurable?.['checkpoint_id'];
  return { threadId, ns, parent };
}

async function createThread(store: RunStore, id: string): Promise<void> {
  const now = Date.now();
  await store.createRun({
    ...{ id, unitId: 'thread', version: '1', graphHash: '', status: 'running', tags: [] },
    ...{ createdAt: now, updatedAt: now },
  });
}
