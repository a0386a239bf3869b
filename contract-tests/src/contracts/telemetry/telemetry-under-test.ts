import type { Adapter, Telemetry, TelemetryCapabilities } from '@aiwork/core';
import type { Received } from '../../otlp/received.ts';

/**
 * What a subject knows about its telemetry, beside what that declares. All of it is traced, whatever it samples otherwise.
 *
 * @since 0.1.0
 */
export interface TelemetryFacts {
  /** Most characters of a name, of a text in an attribute, and of the message of a log line: what is longer is cut. */
  readonly maxTextLength: number;
  /** Where `metrics` leave: the sum that counts runs which are over, and how many label sets it has at most. */
  readonly runCounter?: { readonly metric: string; readonly maxSeries: number };
}

/** @since 0.1.0 */
export interface TelemetryUnderTestCapabilities extends TelemetryCapabilities, TelemetryFacts {}

/** A telemetry as the checks see it, with a look into what arrived. @since 0.1.0 */
export interface TelemetryUnderTest extends Adapter<TelemetryUnderTestCapabilities> {
  readonly telemetry: Telemetry;
  /** What has come to the receiver from this client, and from others of its namespace. */
  received(): Received;
}

/**
 * A telemetry with what is known about it, for the `open` of a subject.
 *
 * @since 0.1.0
 */
export function telemetryUnderTest(
  telemetry: Telemetry,
  facts: TelemetryFacts,
  received: () => Received,
): TelemetryUnderTest {
  return {
    telemetry,
    received,
    capabilities: { ...telemetry.capabilities, ...facts },
    close: () => telemetry.close(),
    [Symbol.asyncDispose]: () => telemetry[Symbol.asyncDispose](),
  };
}

const sends =
  (signal: TelemetryCapabilities['signals'][number]) =>
  ({ signals }: TelemetryUnderTestCapabilities): true | string =>
    signals.includes(signal) || `it declares that no ${signal} leave`;

export const sendsTraces = sends('traces');
export const sendsLogs = sends('logs');

/** Whether runs are counted. */
export const countsRuns = (capabilities: TelemetryUnderTestCapabilities): true | string => {
  const leave = sends('metrics')(capabilities);
  if (leave !== true) return leave;
  return capabilities.runCounter !== undefined || 'the subject names no metric that counts runs';
};

/** Whether what runs work on has to stay. */
export const keepsContent = ({ content }: TelemetryUnderTestCapabilities): true | string =>
  !content || 'it declares that contents leave';
