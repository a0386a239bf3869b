import { loadEmbedder } from '@aiwork/embeddings';
import { createOpenvinoRuntime } from '@aiwork/openvino';
import type { SubjectModule } from '../subject.ts';

/** With a stream for each thread, and in floats of 16 bits where the processor has them. */
export const open: SubjectModule['open'] = async ({ arrow }, threads) => {
  const runtime = await createOpenvinoRuntime();
  const [processor] = await runtime.devices();
  const precision = processor?.precisions.find((each) => each === 'bf16');
  const embedder = await loadEmbedder(arrow, {
    runtime,
    threads: 1,
    streams: threads,
    cacheEntries: 0,
    ...(precision && { precision }),
  });
  return { embed: async (texts) => (await embedder.embed(texts)).vectors };
};
