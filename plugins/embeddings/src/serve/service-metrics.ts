import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ServedModels } from '../engine/served-models.ts';

/** What is measured of a service. */
export interface ServiceMetrics {
  /** Measures the requests of all routes that are added to `app` afterwards. */
  measure(app: FastifyInstance): void;
  /** Says which model a request is for, once it is known that there is one. */
  isFor(request: FastifyRequest, model: string): void;
  scrape(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** From a text that is kept to a batch of long ones, in seconds. */
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createServiceMetrics(models: ServedModels): ServiceMetrics {
  const registers = [new Registry()];
  const modelOf = new WeakMap<FastifyRequest, string>();
  const duration = new Histogram({
    name: 'embedding_request_duration_seconds',
    help: 'How long requests took, from their headers to the end of their answers',
    labelNames: ['route', 'model'],
    buckets,
    registers,
  });
  const requests = new Counter({
    name: 'embedding_request_total',
    help: 'Requests that were answered',
    labelNames: ['route', 'model', 'status'],
    registers,
  });
  const errors = new Counter({
    name: 'embedding_errors_total',
    help: 'Requests that were refused, or failed',
    labelNames: ['route', 'model', 'code'],
    registers,
  });
  new Counter({
    name: 'embedding_cache_hits_total',
    help: 'Texts whose vectors were kept from earlier requests, since the model was loaded',
    labelNames: ['model'],
    registers,
    collect() {
      this.reset();
      for (const model of models.names) this.inc({ model }, models.stats(model).cacheHits);
    },
  });
  new Gauge({
    name: 'embedding_memory_usage_bytes',
    help: 'Resident memory of the process that serves',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });

  const labelsOf = (request: FastifyRequest) => ({
    route: request.routeOptions.url ?? '',
    model: modelOf.get(request) ?? '',
  });

  return {
    measure(app) {
      app.addHook('onError', async (request, _reply, { code = 'unknown' }) => {
        errors.inc({ ...labelsOf(request), code });
      });
      app.addHook('onResponse', async (request, { statusCode, elapsedTime }) => {
        const labels = labelsOf(request);
        requests.inc({ ...labels, status: statusCode });
        duration.observe(labels, elapsedTime / 1000);
      });
    },
    isFor: (request, model) => void modelOf.set(request, model),
    async scrape() {
      const [registry] = registers;
      return { contentType: Registry.PROMETHEUS_CONTENT_TYPE, body: (await registry?.metrics()) ?? '' };
    },
  };
}
