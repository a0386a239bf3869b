import { loadEmbedder } from '@aiwork/embeddings';
import { createOnnxRuntime } from '@aiwork/onnxruntime';
import type { SubjectModule } from '../subject.ts';

/** Without its cache: what is measured is the work. */
export const open: SubjectModule['open'] = async ({ arrow }, threads) => {
  const runtime = createOnnxRuntime();
  const embedder = await loadEmbedder(arrow, { runtime, threads, cacheEntries: 0 });
  return { embed: async (texts) => (await embedder.embed(texts)).vectors };
};
