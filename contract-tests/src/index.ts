export type {
  Answer,
  ChatScene,
} from './chat-server/chat-scene.ts';
export { type ChatServer, chatService, openChatServer } from './chat-server/chat-server.ts';
export { anthropicMessagesDialect } from './chat-server/dialects/anthropic-messages.ts';
export { chatCompletionsDialect } from './chat-server/dialects/chat-completions.ts';
export { openRouterDialect } from './chat-server/dialects/openrouter.ts';
export type { Delivery, Exchange } from './chat-server/exchange.ts';
export type * from './chat-server/provider-reply.ts';
export { cacheContract } from './contracts/cache/contract.ts';
export {
  type ChatModelFacts,
  type ChatModelUnderTest,
  chatModelUnderTest,
} from './contracts/chat-model/chat-model-under-test.ts';
export { chatModelContract } from './contracts/chat-model/contract.ts';
export { embedderContract } from './contracts/embedder/contract.ts';
export { flowExporterContract } from './contracts/flow-exporter/contract.ts';
export {
  type FlowExporterCapabilities,
  type FlowExporterFacts,
  type FlowExporterUnderTest,
  flowExporterUnderTest,
} from './contracts/flow-exporter/flow-exporter-under-test.ts';
export type {
  FlowExport,
  FlowTool,
  Inspection,
  RunEnding,
  StepEnding,
  ToolRun,
  ToolTask,
} from './contracts/flow-exporter/flow-tool.ts';
export type { FlowFeature } from './contracts/flow-exporter/flows/features.ts';
export { guardrailContract } from './contracts/guardrail/contract.ts';
export {
  type GuardrailFacts,
  type GuardrailUnderTest,
  guardrailUnderTest,
} from './contracts/guardrail/guardrail-under-test.ts';
export { memoryContract } from './contracts/memory/contract.ts';
export { agreesWith, sameTensor, type Tolerance } from './contracts/model-runtime/agrees-with.ts';
export { modelRuntimeContract } from './contracts/model-runtime/contract.ts';
export { runStoreContract } from './contracts/run-store/contract.ts';
export { stateStoreContract } from './contracts/state-store/contract.ts';
export { taskQueueContract } from './contracts/task-queue/contract.ts';
export { telemetryContract } from './contracts/telemetry/contract.ts';
export {
  type TelemetryFacts,
  type TelemetryUnderTest,
  type TelemetryUnderTestCapabilities,
  telemetryUnderTest,
} from './contracts/telemetry/telemetry-under-test.ts';
export type { Address } from './engine/address.ts';
export type { AnyAdapter } from './engine/any-adapter.ts';
export type { CheckContext } from './engine/check-context.ts';
export { checkContract, contractDigest } from './engine/check-contract.ts';
export { type Check, type CheckGroup, type Contract, checksOf } from './engine/contract.ts';
export type { ContractRun } from './engine/contract-run.ts';
export {
  defineSubject,
  type EmbeddedSubject,
  type ServedSubject,
  type SubjectFacts,
} from './engine/define-subject.ts';
export { formatReport } from './engine/format-report.ts';
export type { Link } from './engine/link.ts';
export type { PackageFacts } from './engine/package-facts.ts';
export type { Random } from './engine/random.ts';
export type { CheckResult, ContractReport, Outcome, Verdict } from './engine/report.ts';
export { reportSchema } from './engine/report-schema.ts';
export type { Profile, Selection } from './engine/selection.ts';
export {
  type HeldService,
  type Service,
  type ServiceFacts,
  type ServiceSource,
  ServiceUnavailable,
  serviceSource,
} from './engine/service.ts';
export type { CheckOptions } from './engine/session.ts';
export {
  embedded,
  type Lack,
  manualClock,
  type Need,
  type OpenOptions,
  type Subject,
  type SubjectClock,
  type SubjectFactory,
} from './engine/subject.ts';
export type { Expectations, Refusal } from './engine/violation.ts';
export { openLink } from './link/open-link.ts';
export type * from './otlp/received.ts';
