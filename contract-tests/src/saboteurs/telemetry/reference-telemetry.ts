import {
  ClosedError,
  type RunEvent,
  type Telemetry,
  type TelemetryCapabilities,
  type TraceContext,
} from '@aiwork/core';
import type { JsonLog, JsonSpan } from '../../otlp/otlp-json.ts';
import { type OutletRules, openOutlet, outletRules } from './outlet.ts';
import { attributesOf, createSpans, type SpanRules, spanRules } from './reference-spans.ts';
import { type CountRules, countRules, createRunCounts } from './run-counts.ts';

/** What saboteurs change of the reference. */
export interface TelemetryRules extends SpanRules, CountRules, OutletRules {
  readonly maxQueued: number;
  readonly maxFlushMs: number;
  readonly signals: TelemetryCapabilities['signals'];
  /** The resource that all is said to come from. */
  resource(serviceName: string, secret: string): Readonly<Record<string, string>>;
  /** Text of a log line, with the data that came along. */
  logText(message: string, data: unknown): string;
  /** Whether a batch stays that was sent. */
  stays(fate: 'taken' | 'refused' | 'later'): boolean;
  /** Given what could not be kept. */
  onDropped(span: JsonSpan): void;
}

export const telemetryRules: TelemetryRules = {
  ...spanRules,
  ...countRules,
  ...outletRules,
  maxQueued: 2000,
  maxFlushMs: 1000,
  signals: ['traces', 'metrics', 'logs'],
  resource: (serviceName) => ({ 'service.name': serviceName }),
  logText: (message) => message,
  stays: (fate) => fate === 'later',
  onDropped: () => {},
};

export const runCounter = 'runs';
const batchSize = 500;
const sendEveryMs = 100;

interface ReferenceOptions {
  readonly url: string;
  readonly serviceName: string;
  readonly secret: string;
}

/** A correct telemetry of the least code: OTLP in JSON over HTTP. */
export function createReferenceTelemetry(
  { url, serviceName, secret }: ReferenceOptions,
  rules: TelemetryRules,
): Telemetry {
  const spans: JsonSpan[] = [];
  const logs: JsonLog[] = [];
  const traces = new Map<string, TraceContext>();
  const counts = createRunCounts(rules);
  const outlet = openOutlet(url, secret, rules);
  const resource = { attributes: attributesOf(rules.resource(serviceName, secret), rules.maxTextLength) };
  const begin = createSpans(rules, (span) => {
    if (closing !== undefined) return;
    if (spans.length < rules.maxQueued) spans.push(span);
    else rules.onDropped(span);
  });
  let closing: Promise<void> | undefined;
  let passes: Promise<void> = Promise.resolve();
  const timer = setInterval(() => pass(), sendEveryMs);
  timer.unref();

  /** Sends from a queue until it is empty; `false` where the receiver does not take it now. */
  async function empty<T>(queue: T[], send: (items: readonly T[]) => Promise<'taken' | 'refused' | 'later'>) {
    while (queue.length > 0) {
      const batch = queue.slice(0, batchSize);
      const fate = await send(batch);
      if (!rules.stays(fate)) queue.splice(0, batch.length);
      if (fate === 'later') return false;
    }
    return true;
  }

  const sendSpans = (batch: readonly JsonSpan[]) =>
    outlet.post('/v1/traces', { resourceSpans: [{ resource, scopeSpans: [{ spans: batch }] }] });
  const sendLogs = (batch: readonly JsonLog[]) =>
    outlet.post('/v1/logs', { resourceLogs: [{ resource, scopeLogs: [{ logRecords: batch }] }] });

  async function sendCounts(): Promise<void> {
    const dataPoints = counts.points();
    if (dataPoints.length === 0) return;
    const metrics = [{ name: runCounter, sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints } }];
    await outlet.post('/v1/metrics', { resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] });
  }

  function pass(): Promise<void> {
    passes = passes.then(async () => {
      if ((await empty(spans, sendSpans)) && (await empty(logs, sendLogs))) await sendCounts();
    });
    return passes;
  }

  /** What there is, or what can be done of it in time. */
  async function handOver(): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const patience = setTimeout(resolve, rules.maxFlushMs);
    await Promise.race([pass(), late]);
    clearTimeout(patience);
  }

  async function end(): Promise<void> {
    clearInterval(timer);
    await handOver();
    outlet.close();
  }

  function close(): Promise<void> {
    closing ??= end();
    return closing;
  }

  function log(event: Extract<RunEvent, { type: 'log' }>): void {
    const [, traceId = '', spanId = ''] = traces.get(event.runId)?.traceparent.split('-') ?? [];
    const stringValue = rules.logText(event.message, event.data).slice(0, rules.maxTextLength);
    if (logs.length < rules.maxQueued)
      logs.push({ severityText: event.level, body: { stringValue }, traceId, spanId });
  }

  return {
    capabilities: {
      signals: rules.signals,
      maxQueued: telemetryRules.maxQueued,
      maxFlushMs: telemetryRules.maxFlushMs,
      content: false,
    },
    run(work, parent) {
      const { runId, unit, tags } = work;
      const span = begin('run', { runId, unit: unit.id, tags: tags.join() }, parent);
      traces.set(runId, span.trace);
      return span;
    },
    attempt: ({ runId, stepId, attempt }, parent) => begin('attempt', { runId, stepId, attempt }, parent),
    modelCall: ({ runId, model, agent = '' }, parent) => begin('chat', { runId, model, agent }, parent),
    request: ({ method, route }, parent) => begin(`${method} ${route}`, {}, parent),
    event(event) {
      if (closing !== undefined) return;
      counts.event(event);
      if (event.type === 'log') log(event);
      if (event.type === 'run.finished') traces.delete(event.runId);
    },
    async flush() {
      if (closing !== undefined) throw new ClosedError('the telemetry');
      await handOver();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
