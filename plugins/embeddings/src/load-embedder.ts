import type { ModelRuntime } from '@aiwork/core';
import { type EmbedderOptions, embedderWith, type LocalEmbedder } from './engine/create-embedder.ts';
import { type EncoderOptions, openEncoder } from './engine/model-encoder.ts';
import { openMapped } from './model/file/open-mapped.ts';
import { openTokenizer } from './tokenizer/open-tokenizer.ts';

/** @since 0.1.0 */
export interface LoadEmbedderOptions extends EmbedderOptions, EncoderOptions {
  /** The engine that runs the model, such as `createOnnxRuntime()` of `@aiwork/onnxruntime`. It stays open. */
  readonly runtime: ModelRuntime;
}

/**
 * Makes an embedder of a file that `convertModel` or `aiwork model convert` wrote. The file must not change while it is open:
 * the engine maps it.
 *
 * @throws `AIWORK_MODEL_UNREADABLE` when the file is missing or damaged; `AIWORK_INVALID_ARGUMENT` when an option cannot be
 * used; what `load` of the runtime throws.
 * @example
 * ```ts no-run: needs a converted model
 * import { loadEmbedder } from '@aiwork/embeddings';
 * import { createOnnxRuntime } from '@aiwork/onnxruntime';
 *
 * await using runtime = createOnnxRuntime();
 * await using embedder = await loadEmbedder('minilm.arrow', { runtime });
 * const { vectors, truncated } = await embedder.embed(['How do I return shoes?', 'Returns are free.']);
 * console.log(vectors.length, truncated); // 2 []
 * ```
 * @since 0.1.0
 */
export async function loadEmbedder(path: string, options: LoadEmbedderOptions): Promise<LocalEmbedder> {
  const { runtime, maxTexts, maxBatchTokens, maxQueuedTokens, cacheEntries, cacheBytes, ...running } =
    options;
  await using model = await openMapped(path, options);
  const loading = openEncoder(model, runtime, running);
  // Meanwhile: the engine works on threads of its own.
  const checking = model.check();
  try {
    const tokenizer = openTokenizer(model.tokenizer, model.spec.maxTokens);
    const [encoder] = await Promise.all([loading, checking]);
    return embedderWith(encoder, tokenizer, options);
  } catch (error) {
    await Promise.allSettled([checking, loading.then((encoder) => encoder.close())]);
    throw error;
  }
}
