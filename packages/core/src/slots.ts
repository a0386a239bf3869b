import type { Cache } from './adapters/cache.ts';
import type { ChatModel } from './adapters/chat-model.ts';
import type { Embedder } from './adapters/embedder.ts';
import type { FlowExporter } from './adapters/flow-exporter.ts';
import type { Guardrail } from './adapters/guardrail.ts';
import type { Memory } from './adapters/memory.ts';
import type { ModelRuntime } from './adapters/model-runtime.ts';
import type { PayloadStore } from './adapters/payload-store.ts';
import type { RunStore } from './adapters/run-store.ts';
import type { StateStore } from './adapters/state-store.ts';
import type { TaskQueue } from './adapters/task-queue.ts';
import type { Telemetry } from './adapters/telemetry.ts';

/**
 * What plugins may provide and code may ask for with `ctx.use(slot)`. A package adds slots of its own by declaration
 * merging.
 *
 * @since 0.1.0
 */
export interface Slots {
  runStore: RunStore;
  payloadStore: PayloadStore;
  stateStore: StateStore;
  queue: TaskQueue;
  memory: Memory;
  cache: Cache;
  chatModel: ChatModel;
  embedder: Embedder;
  modelRuntime: ModelRuntime;
  guardrail: Guardrail;
  exporter: FlowExporter;
  telemetry: Telemetry;
}

/**
 * Finds what a plugin provides: the one called `name`, or the slot's default.
 *
 * @throws `AIWORK_SLOT_EMPTY` naming the slot and what is there.
 * @since 0.1.0
 */
export type UseSlot = <K extends keyof Slots>(slot: K, name?: string) => Slots[K];
