import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { OTLPExporterError } from '@opentelemetry/otlp-exporter-base';

const firstDelayMs = 500;
const longestDelayMs = 10_000;
/** What was not taken for so long makes room for what is newer. */
const keptMs = 120_000;

/** What hands batches to a receiver. */
export interface BatchExporter<T> {
  export(items: T[], done: (result: ExportResult) => void): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** Looks on, once for each attempt that fails, and once for each batch that is over. */
export interface BatchWatch {
  failed(error: unknown): void;
  over(items: number, isTaken: boolean): void;
}

/**
 * Keeps a batch that a receiver refuses for now, or that does not reach it, and sends it again: the exporters of
 * OpenTelemetry do so for as long as one request may take, which a restart outlasts.
 */
export function keepTrying<T>(exporter: BatchExporter<T>, watch: BatchWatch): BatchExporter<T> {
  const waiting = new Map<NodeJS.Timeout, () => void>();
  const sending = new Set<Promise<void>>();
  let isClosed = false;

  function send(items: T[], done: (result: ExportResult) => void): void {
    const givenUpAt = Date.now() + keptMs;
    const finish = (result: ExportResult) => {
      watch.over(items.length, result.code === ExportResultCode.SUCCESS);
      done(result);
    };
    const attempt = (delayMs: number) =>
      exporter.export(items, (result) => {
        if (result.code === ExportResultCode.SUCCESS) return finish(result);
        watch.failed(result.error);
        if (isClosed || isForGood(result.error) || Date.now() > givenUpAt) return finish(result);
        const timer = setTimeout(() => {
          waiting.delete(timer);
          attempt(Math.min(2 * delayMs, longestDelayMs));
        }, delayMs).unref();
        waiting.set(timer, () => finish(result));
      });
    attempt(firstDelayMs);
  }

  return {
    export(items, done) {
      const { promise, resolve } = Promise.withResolvers<void>();
      sending.add(promise);
      send(items, (result) => {
        sending.delete(promise);
        resolve();
        done(result);
      });
    },
    async forceFlush() {
      await Promise.all(sending);
    },
    async shutdown() {
      isClosed = true;
      for (const [timer, giveUp] of waiting) {
        clearTimeout(timer);
        giveUp();
      }
      waiting.clear();
      await exporter.shutdown();
    },
  };
}

/** A status that says so; those that may be tried again come without it. */
function isForGood(error: unknown): boolean {
  return error instanceof OTLPExporterError && error.code !== undefined;
}
