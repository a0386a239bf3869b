import { cacheContract } from '../contracts/cache/contract.ts';
import { chatModelContract } from '../contracts/chat-model/contract.ts';
import { embedderContract } from '../contracts/embedder/contract.ts';
import { flowExporterContract } from '../contracts/flow-exporter/contract.ts';
import { guardrailContract } from '../contracts/guardrail/contract.ts';
import { memoryContract } from '../contracts/memory/contract.ts';
import { modelRuntimeContract } from '../contracts/model-runtime/contract.ts';
import { runStoreContract } from '../contracts/run-store/contract.ts';
import { stateStoreContract } from '../contracts/state-store/contract.ts';
import { taskQueueContract } from '../contracts/task-queue/contract.ts';
import { telemetryContract } from '../contracts/telemetry/contract.ts';
import type { AnyAdapter } from '../engine/any-adapter.ts';
import type { Contract } from '../engine/contract.ts';
import type { Subject } from '../engine/subject.ts';
import { referenceCache } from '../saboteurs/cache/reference.ts';
import { cacheSaboteurs } from '../saboteurs/cache/saboteurs.ts';
import { referenceChatModel } from '../saboteurs/chat-model/reference.ts';
import { chatModelSaboteurs } from '../saboteurs/chat-model/saboteurs.ts';
import { referenceEmbedder } from '../saboteurs/embedder/reference.ts';
import { embedderSaboteurs } from '../saboteurs/embedder/saboteurs.ts';
import { referenceFlowExporter } from '../saboteurs/flow-exporter/reference.ts';
import { flowExporterSaboteurs } from '../saboteurs/flow-exporter/saboteurs.ts';
import { referenceGuardrail } from '../saboteurs/guardrail/reference.ts';
import { guardrailSaboteurs } from '../saboteurs/guardrail/saboteurs.ts';
import { referenceMemory } from '../saboteurs/memory/reference.ts';
import { memorySaboteurs } from '../saboteurs/memory/saboteurs.ts';
import { referenceModelRuntime } from '../saboteurs/model-runtime/reference.ts';
import { modelRuntimeSaboteurs } from '../saboteurs/model-runtime/saboteurs.ts';
import { referenceRunStore } from '../saboteurs/run-store/reference.ts';
import { runStoreSaboteurs } from '../saboteurs/run-store/saboteurs.ts';
import type { Saboteur } from '../saboteurs/saboteur.ts';
import { referenceStateStore } from '../saboteurs/state-store/reference.ts';
import { stateStoreSaboteurs } from '../saboteurs/state-store/saboteurs.ts';
import { referenceTaskQueue } from '../saboteurs/task-queue/reference.ts';
import { taskQueueSaboteurs } from '../saboteurs/task-queue/saboteurs.ts';
import { referenceTelemetry } from '../saboteurs/telemetry/reference.ts';
import { telemetrySaboteurs } from '../saboteurs/telemetry/saboteurs.ts';

/** A contract with what it is proven by. */
export interface ProvenContract<A extends AnyAdapter> {
  readonly contract: Contract<A>;
  readonly saboteurs: readonly Saboteur<A>[];
  readonly reference: () => Subject<A>;
}

const stateStore = {
  contract: stateStoreContract,
  saboteurs: stateStoreSaboteurs,
  reference: referenceStateStore,
};
const runStore = { contract: runStoreContract, saboteurs: runStoreSaboteurs, reference: referenceRunStore };

const cache = { contract: cacheContract, saboteurs: cacheSaboteurs, reference: () => referenceCache() };

const memory = { contract: memoryContract, saboteurs: memorySaboteurs, reference: () => referenceMemory() };

const embedder = {
  contract: embedderContract,
  saboteurs: embedderSaboteurs,
  reference: () => referenceEmbedder(),
};

const modelRuntime = {
  contract: modelRuntimeContract,
  saboteurs: modelRuntimeSaboteurs,
  reference: () => referenceModelRuntime(),
};

const guardrail = {
  contract: guardrailContract,
  saboteurs: guardrailSaboteurs,
  reference: referenceGuardrail,
};

const taskQueue = {
  contract: taskQueueContract,
  saboteurs: taskQueueSaboteurs,
  reference: () => referenceTaskQueue(),
};

const flowExporter = {
  contract: flowExporterContract,
  saboteurs: flowExporterSaboteurs,
  reference: referenceFlowExporter,
};

const telemetry = {
  contract: telemetryContract,
  saboteurs: telemetrySaboteurs,
  reference: () => referenceTelemetry(),
};

const chatModel = {
  contract: chatModelContract,
  saboteurs: chatModelSaboteurs,
  reference: () => referenceChatModel(),
};

/** Every contract of the kit. Which adapter each is about, only its own subjects have to know. */
export const contracts = [
  stateStore,
  runStore,
  cache,
  memory,
  embedder,
  modelRuntime,
  guardrail,
  taskQueue,
  flowExporter,
  telemetry,
  chatModel,
] as unknown as readonly ProvenContract<AnyAdapter>[];
