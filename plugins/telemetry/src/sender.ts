import type { TelemetryCapabilities } from '@aiwork/core';
import type { Meter } from '@opentelemetry/api';
import { TraceFlags } from '@opentelemetry/api';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { BatchLogRecordProcessor, type LogRecordProcessor } from '@opentelemetry/sdk-logs';
import {
  type IMetricReader,
  type MetricProducer,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace';
import type { FailureNotice } from './failure-notice.ts';
import { type BatchExporter, keepTrying } from './keep-trying.ts';
import { createSpanExporter } from './span-exporter.ts';

type Signal = TelemetryCapabilities['signals'][number];

export interface SenderOptions {
  readonly endpoint: string | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly requestTimeoutMs: number;
  readonly maxQueued: number;
  readonly batchDelayMs: number | undefined;
  readonly metricIntervalMs: number;
  readonly notice: FailureNotice;
}

/** What takes signals and sends them to a receiver of OTLP. */
export interface Sender {
  spans(): SpanProcessor;
  logs(): LogRecordProcessor;
  metrics(producer: MetricProducer): IMetricReader;
  /** How many spans and log records were dropped, is measured by this. */
  measure(meter: Meter): void;
  /** Gives up what is kept. */
  stop(): void;
}

const batchSize = 512;

export function createSender(options: SenderOptions): Sender {
  const { endpoint, headers, requestTimeoutMs, maxQueued, batchDelayMs, metricIntervalMs, notice } = options;
  const dropped = new Map<Signal, number>();
  const stops: (() => void)[] = [];

  const exporterOptions = (signal: Signal) => ({
    ...(endpoint !== undefined && { url: `${endpoint}/v1/${signal}` }),
    ...(headers && { headers: { ...headers } }),
    timeoutMillis: requestTimeoutMs,
  });
  const batching = {
    maxQueueSize: maxQueued,
    maxExportBatchSize: Math.min(batchSize, maxQueued),
    ...(batchDelayMs !== undefined && { scheduledDelayMillis: batchDelayMs }),
  };

  /** What waits and what is on its way are bounded together: the queue of a processor does not count the latter. */
  function bounded<T>(signal: Signal, inner: BatchExporter<T>) {
    let held = 0;
    const drop = (items: number) => dropped.set(signal, (dropped.get(signal) ?? 0) + items);
    dropped.set(signal, 0);
    const exporter = keepTrying(inner, {
      failed: (error) => notice(signal, error),
      over(items, isTaken) {
        held -= items;
        if (!isTaken) drop(items);
      },
    });
    stops.push(() => void exporter.shutdown());
    function admits(): boolean {
      if (held < maxQueued) {
        held += 1;
        return true;
      }
      drop(1);
      return false;
    }
    /** Batches that left the queue before are on their way. */
    const flushed = async (flush: () => Promise<void>) => {
      await Promise.all([flush(), exporter.forceFlush()]);
    };
    return { exporter, admits, flushed };
  }

  return {
    spans() {
      const { exporter, admits, flushed } = bounded('traces', createSpanExporter(exporterOptions('traces')));
      const processor = new BatchSpanProcessor({ exporter, ...batching });
      let isClosed = false;
      return {
        onStart: () => {},
        onEnd(span) {
          const isSampled = (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
          if (!isClosed && isSampled && admits()) processor.onEnd(span);
        },
        forceFlush: () => flushed(() => processor.forceFlush()),
        shutdown() {
          isClosed = true;
          return flushed(() => processor.shutdown());
        },
      };
    },
    logs() {
      const { exporter, admits, flushed } = bounded('logs', new OTLPLogExporter(exporterOptions('logs')));
      const processor = new BatchLogRecordProcessor({ exporter, ...batching });
      let isClosed = false;
      return {
        onEmit(record) {
          if (!isClosed && admits()) processor.onEmit(record);
        },
        forceFlush: () => flushed(() => processor.forceFlush()),
        shutdown() {
          isClosed = true;
          return flushed(() => processor.shutdown());
        },
      };
    },
    metrics(producer) {
      const exporter = new OTLPMetricExporter(exporterOptions('metrics'));
      const send = exporter.export.bind(exporter);
      // The next reading holds all of this one: there is nothing to keep.
      exporter.export = (metrics, done) =>
        send(metrics, (result) => {
          if (result.error) notice('metrics', result.error);
          done(result);
        });
      return new PeriodicExportingMetricReader({
        exporter,
        metricProducers: [producer],
        exportIntervalMillis: metricIntervalMs,
        exportTimeoutMillis: Math.min(metricIntervalMs, requestTimeoutMs),
      });
    },
    stop() {
      for (const stop of stops) stop();
    },
    measure(meter) {
      if (dropped.size === 0) return;
      meter
        .createObservableCounter('aiwork.telemetry.dropped', {
          description: 'Spans and log records that the receiver did not take in time.',
        })
        .addCallback((result) => {
          for (const [signal, count] of dropped) result.observe(count, { signal });
        });
    },
  };
}
