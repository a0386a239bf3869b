/** A value of an attribute, as OTLP has them. @since 0.1.0 */
export type ReceivedValue =
  | string
  | number
  | boolean
  | null
  | readonly ReceivedValue[]
  | { readonly [key: string]: ReceivedValue };

/** @since 0.1.0 */
export type ReceivedAttributes = Readonly<Record<string, ReceivedValue>>;

/** What every signal says of where it comes from. @since 0.1.0 */
export interface FromResource {
  /** The attributes of the resource: `service.name` and the like. */
  readonly resource: ReceivedAttributes;
}

/** A span that a collector was sent. Ids are lower-case hexadecimal, times nanoseconds since the epoch. @since 0.1.0 */
export interface ReceivedSpan extends FromResource {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Absent for the root of a trace. */
  readonly parentSpanId?: string;
  readonly kind: 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly status: 'unset' | 'ok' | 'error';
  readonly statusMessage: string;
  readonly attributes: ReceivedAttributes;
  readonly events: readonly { readonly name: string; readonly attributes: ReceivedAttributes }[];
}

/** A point of a metric that a collector was sent. @since 0.1.0 */
export interface ReceivedPoint extends FromResource {
  readonly metric: string;
  readonly unit: string;
  readonly kind: 'sum' | 'gauge' | 'histogram';
  readonly temporality: 'unspecified' | 'delta' | 'cumulative';
  readonly attributes: ReceivedAttributes;
  readonly startNs: bigint;
  readonly atNs: bigint;
  /** Of a histogram, the sum of what was recorded. */
  readonly value: number;
  /** Of a histogram, how many values were recorded; else 1. */
  readonly count: number;
}

/** A log record that a collector was sent. @since 0.1.0 */
export interface ReceivedLog extends FromResource {
  readonly severity: string;
  readonly body: ReceivedValue;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly attributes: ReceivedAttributes;
}

/** What a collector was sent, in the order it came. @since 0.1.0 */
export interface Received {
  readonly spans: readonly ReceivedSpan[];
  readonly points: readonly ReceivedPoint[];
  readonly logs: readonly ReceivedLog[];
}
