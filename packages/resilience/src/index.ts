export { type BreakerGroup, type BreakerGroupOptions, breakerGroup } from './breaker/breaker-group.ts';
export type { BreakerOptions } from './breaker/breaker-options.ts';
export type { BreakerPhase } from './breaker/breaker-state.ts';
export { type CircuitBreaker, circuitBreaker } from './breaker/circuit-breaker.ts';
export { type BulkheadOptions, bulkhead } from './bulkhead.ts';
export type {
  RateLimitReason,
  ResilienceEvent,
  ResilienceEventBody,
  ResilienceListener,
  TimeoutOf,
} from './event.ts';
export { fallbackCall } from './fallback-call.ts';
export { type FallbackOptions, fallbackModel } from './fallback-model.ts';
export { type HedgeOptions, hedge } from './hedge.ts';
export type { CallContext, InOrder, Layer, LayerKind, LayerOrder, Source } from './layer.ts';
export { resilienceErrorCodes } from './layer-error.ts';
export { type CallCounts, type ResilienceMetrics, resilienceMetrics } from './metrics.ts';
export type { ProtectOptions } from './pipeline.ts';
export {
  type ProtectCallOptions,
  type ProtectedCall,
  type ProtectedCallOptions,
  protectCall,
} from './protect-call.ts';
export { type ProtectModelOptions, protectModel } from './protect-model.ts';
export { type Rate, type RateLimitOptions, rateLimit } from './rate-limit.ts';
export { type RetryLayerOptions, retry } from './retry.ts';
export { type RetryBudget, type RetryBudgetOptions, retryBudget } from './retry-budget.ts';
export { deadline, type TimeoutOptions, timeout } from './timeout.ts';
