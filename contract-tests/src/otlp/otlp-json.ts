/** The JSON form of OTLP, as far as it is read here. Numbers of 64 bits are texts, and what is zero or empty is left out. */

export interface JsonValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: string | number;
  readonly doubleValue?: number | string;
  readonly bytesValue?: string;
  readonly arrayValue?: { readonly values?: readonly JsonValue[] };
  readonly kvlistValue?: { readonly values?: readonly JsonAttribute[] };
}

export interface JsonAttribute {
  readonly key: string;
  readonly value?: JsonValue;
}

interface JsonResource {
  readonly resource?: { readonly attributes?: readonly JsonAttribute[] };
}

export interface JsonSpan {
  readonly name?: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind?: number;
  readonly startTimeUnixNano?: string;
  readonly endTimeUnixNano?: string;
  readonly attributes?: readonly JsonAttribute[];
  readonly status?: { readonly code?: number; readonly message?: string };
  readonly events?: readonly { readonly name?: string; readonly attributes?: readonly JsonAttribute[] }[];
}

export interface JsonPoint {
  readonly attributes?: readonly JsonAttribute[];
  readonly startTimeUnixNano?: string;
  readonly timeUnixNano?: string;
  readonly asInt?: string | number;
  readonly asDouble?: number | string;
  readonly count?: string | number;
  readonly sum?: number | string;
}

interface JsonData {
  readonly dataPoints?: readonly JsonPoint[];
  readonly aggregationTemporality?: number;
}

export interface JsonMetric {
  readonly name: string;
  readonly unit?: string;
  readonly sum?: JsonData;
  readonly gauge?: JsonData;
  readonly histogram?: JsonData;
  readonly exponentialHistogram?: JsonData;
}

export interface JsonLog {
  readonly severityText?: string;
  readonly body?: JsonValue;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly attributes?: readonly JsonAttribute[];
}

/** The body of a request for any of the three signals. */
export interface OtlpRequest {
  readonly resourceSpans?: readonly (JsonResource & {
    readonly scopeSpans?: readonly { readonly spans?: readonly JsonSpan[] }[];
  })[];
  readonly resourceMetrics?: readonly (JsonResource & {
    readonly scopeMetrics?: readonly { readonly metrics?: readonly JsonMetric[] }[];
  })[];
  readonly resourceLogs?: readonly (JsonResource & {
    readonly scopeLogs?: readonly { readonly logRecords?: readonly JsonLog[] }[];
  })[];
}
