import type {
  JsonAttribute,
  JsonLog,
  JsonMetric,
  JsonPoint,
  JsonSpan,
  JsonValue,
  OtlpRequest,
} from './otlp-json.ts';
import type {
  Received,
  ReceivedAttributes,
  ReceivedLog,
  ReceivedPoint,
  ReceivedSpan,
  ReceivedValue,
} from './received.ts';

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const statuses = ['unset', 'ok', 'error'] as const;
const temporalities = ['unspecified', 'delta', 'cumulative'] as const;

/** What is in the body of a request in JSON, whichever signal it carries. */
export function readOtlp(request: OtlpRequest): Received {
  return {
    spans: (request.resourceSpans ?? []).flatMap(({ resource, scopeSpans = [] }) => {
      const of = readAttributes(resource?.attributes);
      return scopeSpans.flatMap(({ spans = [] }) => spans.map((span) => spanOf(span, of)));
    }),
    points: (request.resourceMetrics ?? []).flatMap(({ resource, scopeMetrics = [] }) => {
      const of = readAttributes(resource?.attributes);
      return scopeMetrics.flatMap(({ metrics = [] }) => metrics.flatMap((metric) => pointsOf(metric, of)));
    }),
    logs: (request.resourceLogs ?? []).flatMap(({ resource, scopeLogs = [] }) => {
      const of = readAttributes(resource?.attributes);
      return scopeLogs.flatMap(({ logRecords = [] }) => logRecords.map((log) => logOf(log, of)));
    }),
  };
}

function spanOf(span: JsonSpan, resource: ReceivedAttributes): ReceivedSpan {
  const { name = '', traceId, spanId, parentSpanId, kind = 0, status, attributes, events = [] } = span;
  return {
    resource,
    name,
    traceId: traceId.toLowerCase(),
    spanId: spanId.toLowerCase(),
    ...(parentSpanId && { parentSpanId: parentSpanId.toLowerCase() }),
    kind: kinds[kind] ?? 'unspecified',
    startNs: BigInt(span.startTimeUnixNano ?? 0),
    endNs: BigInt(span.endTimeUnixNano ?? 0),
    status: statuses[status?.code ?? 0] ?? 'unset',
    statusMessage: status?.message ?? '',
    attributes: readAttributes(attributes),
    events: events.map((event) => ({ name: event.name ?? '', attributes: readAttributes(event.attributes) })),
  };
}

function pointsOf(metric: JsonMetric, resource: ReceivedAttributes): readonly ReceivedPoint[] {
  const { name, unit = '', sum, gauge } = metric;
  const histogram = metric.histogram ?? metric.exponentialHistogram;
  const [kind, data] =
    (sum && (['sum', sum] as const)) ??
    (gauge && (['gauge', gauge] as const)) ??
    (['histogram', histogram ?? {}] as const);
  const temporality = temporalities[data.aggregationTemporality ?? 0] ?? 'unspecified';
  return (data.dataPoints ?? []).map((point) => ({
    resource,
    metric: name,
    unit,
    kind,
    temporality,
    attributes: readAttributes(point.attributes),
    startNs: BigInt(point.startTimeUnixNano ?? 0),
    atNs: BigInt(point.timeUnixNano ?? 0),
    ...measured(point, kind),
  }));
}

function measured(
  { asInt, asDouble, sum, count }: JsonPoint,
  kind: ReceivedPoint['kind'],
): Pick<ReceivedPoint, 'value' | 'count'> {
  return kind === 'histogram'
    ? { value: Number(sum ?? 0), count: Number(count ?? 0) }
    : { value: Number(asInt ?? asDouble ?? 0), count: 1 };
}

function logOf(log: JsonLog, resource: ReceivedAttributes): ReceivedLog {
  const { severityText = '', body, traceId, spanId, attributes } = log;
  return {
    resource,
    severity: severityText,
    body: readValue(body),
    ...(traceId && { traceId: traceId.toLowerCase() }),
    ...(spanId && { spanId: spanId.toLowerCase() }),
    attributes: readAttributes(attributes),
  };
}

/** Own properties only, whatever a key is called. */
function readAttributes(attributes: readonly JsonAttribute[] = []): ReceivedAttributes {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, readValue(value)]));
}

function readValue(value: JsonValue = {}): ReceivedValue {
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.boolValue !== undefined) return value.boolValue;
  if (value.intValue !== undefined) return Number(value.intValue);
  if (value.doubleValue !== undefined) return Number(value.doubleValue);
  if (value.bytesValue !== undefined) return value.bytesValue;
  if (value.arrayValue) return (value.arrayValue.values ?? []).map(readValue);
  if (value.kvlistValue) return readAttributes(value.kvlistValue.values);
  return null;
}
