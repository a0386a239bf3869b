// Runs in a process of its own: calls a tool.
import { createToolRegistry } from '@aiwork/core';
import { createEmbeddingTool, loadEmbedder } from '@aiwork/embeddings';
import { createOnnxRuntime } from '@aiwork/onnxruntime';

/** What a call of a tool takes beside the work itself: of a text whose vector is kept, in milliseconds. */
export async function overheadMs(path: string, calls: number): Promise<number> {
  await using runtime = createOnnxRuntime();
  await using embedder = await loadEmbedder(path, { runtime });
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
