import { loadEmbedder } from '@aiwork/embeddings';
import { createOpenvinoRuntime } from '@aiwork/openvino';
import type { SubjectModule } from '../subject.ts';

/** Without its cache: what is measured is the work. */
export const open: SubjectModule['open'] = async ({ arrow }, threads) => {
  const runtime = await createOpenvinoRuntime();
  const embedder = await loadEmbedder(arrow, { runtime, threads, cacheEntries: 0 });
  return { embed: async (texts) => (await embedder.embed(texts)).vectors };
};
