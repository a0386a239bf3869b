/** @module */
export type { EncoderSpec, Pooling } from './model/encoder-spec.ts';
export type { ModelHeader, ModelProvenance } from './model/file/model-format.ts';
export { type EmbeddingModel, openModel } from './model/file/open-model.ts';
export type { ModelTensorInfo, ModelTensorType } from './model/model-tensor.ts';
