/** @module */
export {
  createEmbedder,
  type EmbedderOptions,
  type EmbedderStats,
  type LocalEmbedder,
} from './engine/create-embedder.ts';
export type { Encoder } from './engine/encoder.ts';
export type { EncoderOptions } from './engine/model-encoder.ts';
export { createServedModels, type ServedModels } from './engine/served-models.ts';
export { type LoadEmbedderOptions, loadEmbedder } from './load-embedder.ts';
export { convertModel } from './model/convert-model.ts';
export type { ConvertedModel, ConvertOptions, QuantizationOptions } from './model/convert-options.ts';
export type { EncoderSpec, Pooling } from './model/encoder-spec.ts';
export type { ModelHeader, ModelProvenance } from './model/file/model-format.ts';
export { type EmbeddingModel, openModel } from './model/file/open-model.ts';
export type { ModelTensorInfo, ModelTensorType } from './model/model-tensor.ts';
export { embeddings } from './plugin.ts';
export {
  type EmbeddingService,
  embeddingService,
  type ServedModelInfo,
} from './serve/embedding-service.ts';
export type { ServiceAccess } from './serve/service-context.ts';
export {
  createEmbeddingTool,
  type EmbeddingTool,
  type EmbeddingToolOptions,
  type TextHit,
} from './tool/embedding-tool.ts';
