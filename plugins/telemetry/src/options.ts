import type { TelemetryCapabilities } from '@aiwork/core';
import { invalidArgument } from '@aiwork/core/adapter-kit';
import type { TracerProvider } from '@opentelemetry/api';

type Signal = TelemetryCapabilities['signals'][number];

/** Takes lines as objects and messages: a logger of pino, for one. @since 0.1.0 */
export interface LineLogger {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** A queue whose lag is measured. @since 0.1.0 */
export interface WatchedQueue {
  readonly queue: string;
  /** Default `aiwork`. */
  readonly group?: string;
}

/** What is not given is as the environment says (`OTEL_…`). @since 0.1.0 */
export interface TelemetryOptions {
  /** `service.name`. Default: `OTEL_SERVICE_NAME`. */
  readonly serviceName?: string;
  /** Further attributes of the resource, beside those of `OTEL_RESOURCE_ATTRIBUTES`. */
  readonly resource?: Readonly<Record<string, string>>;
  /**
   * A receiver of OTLP over HTTP (protobuf), as `http://collector:4318`. Default: `OTEL_EXPORTER_OTLP_ENDPOINT` and those
   * of each signal; where there is none, nothing is sent.
   */
  readonly endpoint?: string;
  /** Headers to send, such as a key. Default: `OTEL_EXPORTER_OTLP_HEADERS`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What is sent, of what there is an endpoint for and `OTEL_…_EXPORTER` does not turn off. Default: all of that. */
  readonly signals?: readonly Signal[];
  /**
   * Sends what runs work on, too: prompts and replies of models, inputs and outputs of tools, outputs of steps and runs,
   * data of log lines, messages of errors. Default: none of it.
   */
  readonly captureContent?: boolean;
  /** Makes every message of a log line, and every content that is captured, fit to be sent. What it throws for is left out. */
  readonly redact?: (text: string) => string;
  /** Which share of traces that begin here is sent, from 0 to 1. Default: `OTEL_TRACES_SAMPLER`, else all. */
  readonly sampleRatio?: number;
  /** Most spans, and most log records, that wait for the receiver. Default: `OTEL_BSP_MAX_QUEUE_SIZE`, else 2048. */
  readonly maxQueued?: number;
  /** How long `flush()` and `close()` take at most, and one request to the receiver, in milliseconds. Default 5000. */
  readonly maxFlushMs?: number;
  /** Most values of one label; further ones are counted as `other`. Default 200. */
  readonly maxLabelValues?: number;
  /** Most characters of a name or message; contents may have 32 times as many. What is longer is cut. Default 1024. */
  readonly maxTextLength?: number;
  /** Gets what steps log, and which steps and runs failed, as lines with `trace_id` and `span_id`. */
  readonly logger?: LineLogger;
  /** Measured whenever metrics are read: `aiwork_queue_lag`. Needs a plugin that provides `queue`. */
  readonly queues?: readonly WatchedQueue[];
  /** Makes the spans. Default: the global one, where something registered one, else one of its own. */
  readonly tracerProvider?: TracerProvider;
}

/** A whole number of 1 or more. @throws `AIWORK_INVALID_ARGUMENT`. */
export function atLeastOne(value: number, name: string): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw invalidArgument(`${name} is ${value}: give a whole number of 1 or more`);
}

/** @throws `AIWORK_INVALID_ARGUMENT` when it is not the base of URLs. It is not shown: there may be a password in it. */
export function checkEndpoint(endpoint: string | undefined): string | undefined {
  if (endpoint === undefined) return undefined;
  const url = httpUrl(endpoint);
  // What each signal adds to the path would get into the query.
  if (url && !url.search && !url.hash) return endpoint.replace(/\/+$/, '');
  throw invalidArgument(
    'endpoint is no URL of http or https without a query: give one such as "http://localhost:4318"',
  );
}

/** Nothing when it is none. */
export function httpUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  return url && ['http:', 'https:'].includes(url.protocol) ? url : undefined;
}

/** @throws `AIWORK_INVALID_ARGUMENT`. */
export function checkRatio(ratio: number | undefined): number | undefined {
  if (ratio === undefined || (ratio >= 0 && ratio <= 1)) return ratio;
  throw invalidArgument(`sampleRatio is ${ratio}: give a number from 0 to 1`);
}
