import type { Embedder, Plugin } from '@aiwork/core';
import { createServedModels, embeddings, loadEmbedder } from '@aiwork/embeddings';
import { createOnnxRuntime } from '@aiwork/onnxruntime';

/** A model for meanings, with the engine that runs it. */
export interface EmbeddingModel extends AsyncDisposable {
  readonly embedder: Embedder;
  /** Fills the slot `embedder`. */
  readonly plugin: Plugin;
}

/**
 * Opens a file that `aiwork model convert` wrote.
 *
 * @throws `AIWORK_MODEL_UNREADABLE` when it is missing or damaged.
 */
export async function openEmbeddingModel(path: string, signal: AbortSignal): Promise<EmbeddingModel> {
  const runtime = createOnnxRuntime();
  try {
    const models = createServedModels({ meanings: await loadEmbedder(path, { runtime, signal }) });
    return {
      embedder: models.embedder(),
      plugin: embeddings(models),
      async [Symbol.asyncDispose]() {
        await models.close();
        await runtime.close();
      },
    };
  } catch (error) {
    await runtime.close();
    throw error;
  }
}
