import type { FastifyInstance } from 'fastify';
import type { ServedModels } from '../engine/served-models.ts';
import type { ServiceAccess } from './service-context.ts';
import type { ServiceMetrics } from './service-metrics.ts';

/** What `GET /info` tells of a model. @since 0.1.0 */
export interface ServedModelInfo {
  readonly name: string;
  readonly id: string;
  readonly dimensions: number;
  readonly maxTokens: number;
  readonly maxTexts: number;
  readonly normalized: boolean;
  readonly asymmetric: boolean;
}

/** An extension of `@aiwork/server`. @since 0.1.0 */
export interface EmbeddingService {
  readonly name: 'embeddings';
  routes(app: FastifyInstance, access: ServiceAccess): Promise<void>;
  info(): { readonly models: readonly ServedModelInfo[] };
  readonly metrics: { scrape(): Promise<{ readonly contentType: string; readonly body: string }> };
}

/**
 * Serves models over HTTP: `POST /embed`, `POST /similarity`, `POST /v1/embeddings` and `GET /v1/models`, a part of
 * `GET /info`, and metrics for `GET /metrics`. Who may use a model has the scope `NAME:execute`. It closes no model.
 *
 * @example
 * ```ts no-run: needs a converted model
 * import { createOrchestrator } from '@aiwork/core';
 * import { createEmbeddingTool, createServedModels, embeddingService, loadEmbedder } from '@aiwork/embeddings';
 * import { createOnnxRuntime } from '@aiwork/onnxruntime';
 * import { createServer } from '@aiwork/server';
 *
 * await using runtime = createOnnxRuntime();
 * await using models = createServedModels({ minilm: await loadEmbedder('minilm.arrow', { runtime }) });
 * const units = createEmbeddingTool(models.embedder()).tools();
 * await using orchestrator = createOrchestrator({ units });
 * await using server = await createServer({ orchestrator, units, extensions: [embeddingService(models)] });
 * const url = await server.listen();
 * const response = await fetch(`${url}/similarity`, {
 *   method: 'POST',
 *   headers: { 'content-type': 'application/json' },
 *   body: JSON.stringify({ query: 'sending things back', texts: ['Returns are free.'] }),
 * });
 * console.log(response.status); // 200
 * ```
 * @since 0.1.0
 */
export function embeddingService(models: ServedModels): EmbeddingService {
  let measuring: Promise<ServiceMetrics> | undefined;
  // What serves takes long to load, and programs that only embed are spared it.
  const measured = () =>
    (measuring ??= import('./service-metrics.ts').then(({ createServiceMetrics }) =>
      createServiceMetrics(models),
    ));
  return {
    name: 'embeddings',
    async routes(app, access) {
      const [metrics, { addRoutes }] = await Promise.all([measured(), import('./routes.ts')]);
      metrics.measure(app);
      await addRoutes(app, { models, metrics, access });
    },
    info: () => ({
      models: models.names.map((name) => {
        const { id, capabilities } = models.embedder(name);
        const { dimensions, maxTokens, maxTexts, normalized, asymmetric } = capabilities;
        return { name, id, dimensions, maxTokens, maxTexts, normalized, asymmetric };
      }),
    }),
    metrics: { scrape: async () => (await measured()).scrape() },
  };
}
