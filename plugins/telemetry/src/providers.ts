import { randomUUID } from 'node:crypto';
import type { TelemetryCapabilities } from '@aiwork/core';
import type { Meter } from '@opentelemetry/api';
import type { Logger } from '@opentelemetry/api-logs';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { AlwaysOffSampler, ParentBasedSampler } from '@opentelemetry/sdk-trace';
import { readEnvironment, samplerOfRatio } from './environment.ts';
import { createFailureNotice } from './failure-notice.ts';
import { othersProvider } from './global-tracing.ts';
import { createMetricBook, type MetricBook } from './metric-book.ts';
import { atLeastOne, checkEndpoint, checkRatio, type TelemetryOptions } from './options.ts';
import type { BeginSpan } from './own-spans.ts';
import { packageVersion } from './package-version.ts';
import { createScrape, type Scrape } from './scrape.ts';
import { createSender } from './sender.ts';
import { joinOthersTracing, openOwnTracing } from './tracing.ts';

type Signal = TelemetryCapabilities['signals'][number];

const allSignals: readonly Signal[] = ['traces', 'metrics', 'logs'];
const scopeName = '@aiwork/telemetry';

/** What makes spans, measurements and log records, and brings them out of the process. */
export interface Providers {
  readonly begin: BeginSpan;
  /** Whether what is a part of something that is not sampled is not sampled, either. */
  readonly followsParents: boolean;
  readonly meter: Meter;
  readonly book: MetricBook;
  /** Absent when no logs are sent. */
  readonly logs: Logger | undefined;
  readonly signals: readonly Signal[];
  readonly maxQueued: number;
  scrape(): Promise<Scrape>;
  flush(): Promise<unknown>;
  /** Flushes, and takes no more. */
  shutDown(): Promise<unknown>;
  /** Sends nothing further, whatever there still is. */
  giveUp(): void;
}

export function openProviders(
  options: TelemetryOptions,
  limits: { readonly maxFlushMs: number; readonly maxContentLength: number },
): Providers {
  const environment = readEnvironment();
  const endpoint = checkEndpoint(options.endpoint);
  const ratio = checkRatio(options.sampleRatio);
  const maxQueued = atLeastOne(options.maxQueued ?? environment.maxQueued ?? 2048, 'maxQueued');
  const sent = (options.signals ?? allSignals).filter((signal) => environment.sends(signal, { endpoint }));
  if (sent.length > 0) {
    for (const warning of environment.warnings)
      process.emitWarning(`${scopeName}: ${warning}`, 'AiworkWarning');
  }
  const sender = createSender({
    endpoint,
    headers: options.headers,
    requestTimeoutMs: Math.min(limits.maxFlushMs, environment.requestTimeoutMs ?? Number.POSITIVE_INFINITY),
    maxQueued,
    batchDelayMs: environment.batchDelayMs,
    metricIntervalMs: environment.metricIntervalMs,
    notice: createFailureNotice(),
  });
  const resource = resourceOf(options);
  const others = options.tracerProvider ?? othersProvider();
  const ownSampler = ratio === undefined ? environment.sampler : samplerOfRatio(ratio);
  const sampler = sent.includes('traces')
    ? ownSampler
    : // Nothing is recorded, and what a caller decided goes on with the trace.
      new ParentBasedSampler({ root: new AlwaysOffSampler() });
  const followsParents =
    !others && (!sent.includes('traces') || ratio !== undefined || environment.followsParents);
  const scope = { name: scopeName, version: packageVersion() };
  const tracing = others
    ? joinOthersTracing(others, scope)
    : openOwnTracing({
        resource,
        scope,
        sampler,
        followsParents,
        processor: sent.includes('traces') ? sender.spans() : undefined,
        maxValueLength: limits.maxContentLength,
      });
  const book = createMetricBook(scope);
  const { reader, scrape } = createScrape(book);
  const meters = new MeterProvider({
    resource,
    readers: [reader, ...(sent.includes('metrics') ? [sender.metrics(book)] : [])],
  });
  const loggers = sent.includes('logs')
    ? new LoggerProvider({ resource, processors: [sender.logs()] })
    : undefined;
  const meter = meters.getMeter(scope.name, scope.version);
  sender.measure(meter);
  return {
    begin: tracing.begin,
    followsParents,
    meter,
    book,
    logs: loggers?.getLogger(scope.name, scope.version),
    signals: others && !sent.includes('traces') ? ['traces', ...sent] : sent,
    maxQueued,
    scrape,
    flush: () => Promise.allSettled([tracing.flush(), loggers?.forceFlush(), meters.forceFlush()]),
    shutDown: () => Promise.allSettled([tracing.shutDown(), loggers?.shutdown(), meters.shutdown()]),
    giveUp() {
      tracing.unregister();
      sender.stop();
    },
  };
}

/** With an id of this instance: counts of several processes must not take each other's place at a receiver. */
function resourceOf({ serviceName, resource = {} }: TelemetryOptions) {
  return defaultResource()
    .merge(resourceFromAttributes({ 'service.instance.id': randomUUID() }))
    .merge(detectResources({ detectors: [envDetector] }))
    .merge(
      resourceFromAttributes({
        ...resource,
        ...(serviceName !== undefined && { 'service.name': serviceName }),
      }),
    );
}
