/**
 * For adapters outside core: they refuse what the embedded stores refuse, in the same words, and close as they do. Each
 * check of a call's arguments throws an `AiworkError` with `outcome: 'not-applied'`.
 *
 * @module
 */
export { type ChatModelMembers, wholeChatModel } from './agent/whole-chat-model.ts';
export { summaryMessage } from './context/summary-message.ts';
export { abortedWhile } from './embedded/aborted-while.ts';
export {
  checkBytes,
  checkRunId,
  checkSignal,
  checkTtl,
  checkWellFormed,
  invalidArgument,
  limitExceeded,
  limitOption,
} from './embedded/argument-checks.ts';
export { afterPrefix } from './embedded/code-point-order.ts';
export { isUntrustedCertificate } from './embedded/is-untrusted-certificate.ts';
export { checkConsume, checkJob, checkQueueName } from './embedded/job-arguments.ts';
export { toJsonText } from './embedded/json-text.ts';
export {
  admitVector,
  isPlainObject,
  shown,
  type VectorRules,
  type VectorSource,
  vectorDimensions,
} from './embedded/memory-arguments.ts';
export { orCancelled } from './embedded/or-cancelled.ts';
export {
  checkAfterSeq,
  checkAppend,
  checkDueLimit,
  checkLease,
  cursorPosition,
  isFinished,
  pageLimit,
} from './embedded/run-arguments.ts';
export { type CallGate, createCallGate } from './embedded/sqlite/call-gate.ts';
export { loadNodeSqlite } from './embedded/sqlite/node-sqlite.ts';
export { openSqlite, type SqliteFile, type SqliteFileOptions } from './embedded/sqlite/open-sqlite.ts';
export type { SqliteSchema } from './embedded/sqlite/schema.ts';
export { checkKey, checkPrefix, defaultMaxKeyBytes, stateText } from './embedded/state-arguments.ts';
export { checkInputs, checkLoadOptions } from './embedded/tensor-arguments.ts';
export {
  type FilterComparison,
  type FilterTranslation,
  translateFilter,
} from './embedded/translate-filter.ts';
export { systemClock } from './engine/clock.ts';
export { retryDelayMs } from './engine/retry.ts';
export { createSharedWork, type Share, type SharedWork } from './engine/shared-work.ts';
export { untilAborted } from './engine/until-aborted.ts';
export { type HeaderLookup, readRetryAfterMs } from './retry-after.ts';
export { ownerIn, ownerTag } from './run-owner.ts';
export { edgesOf } from './units/check-graph.ts';
export { canonicalJson } from './units/graph-hash.ts';
export { handledFailures } from './units/handled-failures.ts';
export { requireGraph } from './units/require-graph.ts';
export { unitsById } from './units/units-by-id.ts';
