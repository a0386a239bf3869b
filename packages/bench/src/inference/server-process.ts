// Runs in a process of its own: serves a model as `aiwork serve --model` does, without its lines on a terminal.
import { createOrchestrator, createToolRegistry } from '@aiwork/core';
import {
  createEmbeddingTool,
  createServedModels,
  embeddingService,
  loadEmbedder,
  type ServedModels,
} from '@aiwork/embeddings';
import { createOnnxRuntime } from '@aiwork/onnxruntime';
import { createServer } from '@aiwork/server';

let models: ServedModels;

export async function serve(path: string): Promise<{ readonly url: string; readonly loadMs: number }> {
  const runtime = createOnnxRuntime();
  const begin = performance.now();
  const embedder = await loadEmbedder(path, { runtime });
  const loadMs = performance.now() - begin;
  models = createServedModels({ model: embedder });
  const units = [...createEmbeddingTool(embedder).tools()];
  const orchestrator = createOrchestrator({ units });
  const server = await createServer({ orchestrator, units, extensions: [embeddingService(models)] });
  return { url: await server.listen(), loadMs };
}

export function cacheHits(): number {
  return models.stats('model').cacheHits;
}

export function residentBytes(): number {
  return process.memoryUsage.rss();
}

/** What a call of a tool takes beside the work itself: of a text whose vector is kept, in milliseconds. */
export async function toolOverheadMs(calls: number): Promise<number> {
  const embedder = models.embedder();
  const registry = createToolRegistry();
  for (const tool of createEmbeddingTool(embedder).tools()) registry.register(tool);
  const texts = ['how long does a call take'];
  const timed = async (call: () => Promise<unknown>) => {
    for (let i = 0; i < calls; i += 1) await call();
    const begin = performance.now();
    for (let i = 0; i < calls; i += 1) await call();
    return (performance.now() - begin) / calls;
  };
  const direct = await timed(() => embedder.embed(texts));
  return (await timed(() => registry.call('embed', { texts }))) - direct;
}
