import type { EncoderSpec } from './encoder-spec.ts';

/** Of a model that is described and never computed. */
export const smallSpec: EncoderSpec = {
  architecture: 'bert',
  layers: 1,
  hidden: 4,
  heads: 2,
  intermediate: 8,
  vocabulary: 5,
  maxTokens: 6,
  activation: 'gelu',
  layerNormEpsilon: 1e-12,
  pooling: 'mean',
  normalized: true,
  prompts: {},
};
