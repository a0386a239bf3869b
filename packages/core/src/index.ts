export type * from './adapters/adapter.ts';
export type * from './adapters/cache.ts';
export type * from './adapters/chat-model.ts';
export type * from './adapters/embedder.ts';
export type * from './adapters/flow-exporter.ts';
export type * from './adapters/guardrail.ts';
export type * from './adapters/memory.ts';
export type * from './adapters/model-runtime.ts';
export type * from './adapters/payload-store.ts';
export type * from './adapters/run-store.ts';
export type * from './adapters/state-store.ts';
export type * from './adapters/task-queue.ts';
export type * from './adapters/telemetry.ts';
export { type AgentReader, type AgentText, createAgentReader } from './agent/agent-reader.ts';
export { type AskGuardrailsOptions, askGuardrails, type GuardrailAnswer } from './agent/ask-guardrails.ts';
export { type GenerateOptions, generate } from './agent/generate.ts';
export { estimateTokens } from './context/estimate-tokens.ts';
export { type Summarise, type SummariseOptions, summariseWith } from './context/summarise-with.ts';
export { type Duration, toMilliseconds } from './duration.ts';
export { createMemoryPayloadStore } from './embedded/memory-payload-store.ts';
export { createMemoryRunStore, type MemoryRunStoreOptions } from './embedded/memory-run-store.ts';
export { createMemoryStateStore, type MemoryStateStoreOptions } from './embedded/memory-state-store.ts';
export { createMemoryTaskQueue, type MemoryTaskQueueOptions } from './embedded/memory-task-queue.ts';
export { cosineSimilarity } from './embedding/cosine-similarity.ts';
export { embedAll } from './embedding/embed-all.ts';
export type { Clock } from './engine/clock.ts';
export {
  AiworkError,
  type AiworkErrorOptions,
  ClosedError,
  type ErrorCode,
  errorCodes,
  hasCode,
  UnsupportedCapabilityError,
  type ValueIssue,
} from './errors.ts';
export {
  type Binding,
  type CodeRef,
  type FlowGraph,
  type FlowNode,
  inputStepId,
  type NodeBase,
  type PolicyData,
  type Schedule,
  type UnitRef,
} from './flow-graph.ts';
export { fromJsonData, toJsonData, toReadableJson } from './json-data.ts';
export type { Logger, LogLevel } from './logger.ts';
export type { Durations, Measurement } from './observe/measurement.ts';
export {
  createRunMetrics,
  type LogLine,
  type MetricsFilter,
  type MetricsReport,
  type ModelMeasurement,
  type RunMetrics,
  type RunMetricsOptions,
} from './observe/run-metrics.ts';
export { createRunReader, kindOfStep, type RunReader, type RunSample } from './observe/run-reader.ts';
export { createOrchestrator } from './orchestrator.ts';
export type {
  Orchestrator,
  OrchestratorOptions,
  RerunOptions,
  StartOptions,
  WorkerOptions,
} from './orchestrator-api.ts';
export { definePlugin, type Plugin, type PluginHost, type PluginOptions } from './plugin.ts';
export type { Budget, Concurrency, Policy, RateLimit, Retry } from './policy.ts';
export { type PrintFlowOptions, printFlow } from './printing/print-flow.ts';
export type { Run, WatchOptions } from './run.ts';
export { fromRunError, type RunError, toRunError } from './run-error.ts';
export type {
  EventBase,
  FinalStatus,
  PayloadRef,
  RunEvent,
  RunEventBody,
  RunEventType,
  RunStatus,
  Stint,
} from './run-event.ts';
export {
  type JsonSchema,
  jsonSchemaOf,
  requireJsonSchema,
  type Schema,
  type ValidationFailure,
  validate,
  type WireSchema,
} from './schema.ts';
export type { Slots, UseSlot } from './slots.ts';
export { type SaveStateOptions, StateManager, type UpdateStateOptions } from './state-manager.ts';
export type { StepRunEnd, StepRunOptions } from './step-run.ts';
export { stintsOf } from './stints.ts';
export type { TextPlace } from './text-place.ts';
export type { ToolCallOptions, ToolOutcome } from './tools/tool-call.ts';
export type { MCPToolList, OpenAITool, ToolInfo } from './tools/tool-formats.ts';
export { createToolRegistry, type ToolRegistry, type ToolSet } from './tools/tool-registry.ts';
export { readTraceContext, type TraceContext } from './trace-context.ts';
export {
  type Agent,
  type AgentMemory,
  type AgentOptions,
  type AnyAgent,
  defineAgent,
  type ToolSource,
} from './units/agent.ts';
export { defineFlow } from './units/define-flow.ts';
export type {
  Always,
  AnyFlow,
  EndingTask,
  Flow,
  FlowBuilder,
  FlowOptions,
  FlowParts,
  LoopOptions,
  MapOptions,
  Maybe,
  Outcome,
  StepOptions,
  WaitOptions,
} from './units/flow.ts';
export { fromGraph } from './units/from-graph.ts';
export type { AnyStep, Bind, Ref, Step } from './units/ref.ts';
export type { RunContext } from './units/run-context.ts';
export type { AnyUnit, Runnable, UnitKind, UnitOptions } from './units/runnable.ts';
export { defineTask, type Task, type TaskOptions } from './units/task.ts';
export { type AnyTool, defineTool, type Tool, type ToolOptions } from './units/tool.ts';
