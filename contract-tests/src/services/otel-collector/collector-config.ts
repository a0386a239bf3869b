/**
 * The configuration of a collector that passes on what it takes, in JSON, before it acknowledges: it keeps nothing, so
 * that what was acknowledged is there, and is there once.
 */
export function collectorConfig(port: number, receiver: string): object {
  const pipeline = { receivers: ['otlp'], exporters: ['otlp_http'] };
  return {
    receivers: { otlp: { protocols: { http: { endpoint: `0.0.0.0:${port}` } } } },
    exporters: {
      otlp_http: {
        endpoint: receiver,
        encoding: 'json',
        compression: 'none',
        sending_queue: { enabled: false },
        retry_on_failure: { enabled: false },
      },
    },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: { traces: pipeline, metrics: pipeline, logs: pipeline },
    },
  };
}
