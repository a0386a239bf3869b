import { z } from 'zod';
import type { EncoderSpec } from '../encoder-spec.ts';
import { unreadable, unsupported } from '../model-error.ts';
import { readJson } from './json-file.ts';

/** What `config.json` says of the transformer itself. */
export type TransformerSpec = Omit<EncoderSpec, 'pooling' | 'normalized' | 'prompts'> & {
  /** How many of the first position vectors no token ever gets. */
  readonly unusedPositions: number;
};

const size = z.int().positive();

const configShape = z.looseObject({
  model_type: z.string(),
  hidden_size: size,
  num_hidden_layers: size,
  num_attention_heads: size,
  intermediate_size: size,
  vocab_size: size,
  max_position_embeddings: size,
  hidden_act: z.string().default('gelu'),
  layer_norm_eps: z.number().positive(),
  pad_token_id: z.int().nonnegative().nullish(),
  position_embedding_type: z.string().default('absolute'),
  is_decoder: z.boolean().default(false),
  quantization_config: z.unknown().optional(),
});

const architectures: ReadonlyMap<string, EncoderSpec['architecture']> = new Map([
  ['bert', 'bert'],
  ['roberta', 'roberta'],
  ['xlm-roberta', 'roberta'],
  ['camembert', 'roberta'],
  ['mpnet', 'mpnet'],
]);

const activations: ReadonlyMap<string, EncoderSpec['activation']> = new Map([
  ['gelu', 'gelu'],
  ['gelu_new', 'gelu-tanh'],
  ['gelu_pytorch_tanh', 'gelu-tanh'],
  ['relu', 'relu'],
]);

/**
 * Reads `config.json`. What would change the vectors and is not known is refused by name.
 *
 * @throws `AIWORK_MODEL_UNSUPPORTED` and `AIWORK_MODEL_UNREADABLE`.
 */
export async function readEncoderConfig(folder: string): Promise<TransformerSpec> {
  const config = await readJson(folder, 'config.json', configShape);
  if (!config) throw unreadable(`${folder} has no config.json: it is no folder of a Hugging Face model`);
  const architecture = architectures.get(config.model_type);
  if (!architecture) {
    throw unsupported(
      `the model is of type ${config.model_type}; known are ${[...architectures.keys()].join(', ')}`,
    );
  }
  const activation = activations.get(config.hidden_act);
  if (!activation) {
    throw unsupported(
      `the model has the activation ${config.hidden_act}; known are ${[...activations.keys()].join(', ')}`,
    );
  }
  if (config.position_embedding_type !== 'absolute') {
    throw unsupported(`the model has positions of type ${config.position_embedding_type}; known is absolute`);
  }
  if (config.is_decoder) throw unsupported('the model is a decoder (is_decoder); known are encoders');
  if (config.quantization_config != null) {
    throw unsupported('the weights are quantized already (quantization_config); convert the original model');
  }
  if (config.hidden_size % config.num_attention_heads !== 0) {
    throw unreadable(
      `config.json has a hidden_size of ${config.hidden_size}, which ${config.num_attention_heads} heads do not divide`,
    );
  }
  // Positions of these are counted from behind the padding token's id.
  const unusedPositions = architecture === 'bert' ? 0 : (config.pad_token_id ?? 1) + 1;
  const maxTokens = config.max_position_embeddings - unusedPositions;
  if (maxTokens < 1) {
    throw unreadable(`config.json has max_position_embeddings of ${config.max_position_embeddings}: too few`);
  }
  return {
    architecture,
    activation,
    unusedPositions,
    maxTokens,
    layers: config.num_hidden_layers,
    hidden: config.hidden_size,
    heads: config.num_attention_heads,
    intermediate: config.intermediate_size,
    vocabulary: config.vocab_size,
    layerNormEpsilon: config.layer_norm_eps,
  };
}
