import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { type MetricData, type MetricProducer, MetricReader } from '@opentelemetry/sdk-metrics';

/** Metrics in the text format of Prometheus. @since 0.1.0 */
export interface Scrape {
  readonly contentType: string;
  readonly body: string;
}

/** Reads metrics when it is asked to. */
class ScrapeReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

const contentType = 'text/plain; version=0.0.4; charset=utf-8';

/** A reader for a meter provider, and what it reads as text. */
export function createScrape(producer: MetricProducer): {
  readonly reader: MetricReader;
  scrape(): Promise<Scrape>;
} {
  const reader = new ScrapeReader({ metricProducers: [producer] });
  const serializer = new PrometheusSerializer(undefined, false, undefined, false, true);
  return {
    reader,
    async scrape() {
      const { resourceMetrics } = await reader.collect();
      const scopeMetrics = resourceMetrics.scopeMetrics.map(({ scope, metrics }) => ({
        scope,
        metrics: metrics.map(withUnitInName),
      }));
      return {
        contentType,
        body: `${serializer.serialize({ ...resourceMetrics, scopeMetrics }).trimEnd()}\n`,
      };
    },
  };
}

/** As the translation of OTLP to Prometheus names them, so that both ways give one name; the serializer leaves that out. */
function withUnitInName(metric: MetricData): MetricData {
  const { name, unit } = metric.descriptor;
  const descriptor = { ...metric.descriptor, name: unit === 's' ? `${name}.seconds` : name, unit: '' };
  return { ...metric, descriptor };
}
