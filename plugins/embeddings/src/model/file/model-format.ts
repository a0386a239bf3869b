import { z } from 'zod';
import type { EncoderSpec } from '../encoder-spec.ts';

/** What a model was made of and how. @since 0.1.0 */
export interface ModelProvenance {
  /** Where the model came from: a folder's name, a wheel's, or a repository and its revision. */
  readonly source: string;
  /** SHA-256 in hexadecimal of each file that had weights, and of `tokenizer.json`. */
  readonly sha256: Readonly<Record<string, string>>;
  readonly precision: 'fp32' | 'fp16' | 'int8';
  /** Of quantized models: how close the vectors of texts stayed to the original's, and what was left unquantized. */
  readonly quantization?: {
    readonly texts: number;
    readonly meanCosine: number;
    readonly worstCosine: number;
    /** How much of the difference between channels goes from the inputs to the weights, of 0 to 1. */
    readonly smoothing: number;
    readonly unquantized: readonly string[];
  };
}

/** What a model file says of itself. @since 0.1.0 */
export interface ModelHeader {
  /** Names the model by its contents: equal ids, equal vectors. */
  readonly id: string;
  readonly spec: EncoderSpec;
  readonly provenance: ModelProvenance;
}

/** Of the schema's metadata. Files of another version are refused. */
export const formatKey = 'aiwork.embedding-model';
export const formatVersion = '1';
export const headerKey = 'aiwork.header';

const size = z.int().positive();

export const headerShape: z.ZodType<ModelHeader> = z.object({
  id: z.string(),
  spec: z.object({
    architecture: z.enum(['bert', 'roberta', 'mpnet']),
    layers: size,
    hidden: size,
    heads: size,
    intermediate: size,
    vocabulary: size,
    maxTokens: size,
    activation: z.enum(['gelu', 'gelu-tanh', 'relu']),
    layerNormEpsilon: z.number().positive(),
    pooling: z.enum(['mean', 'cls', 'max']),
    normalized: z.boolean(),
    prompts: z.object({ query: z.string().exactOptional(), document: z.string().exactOptional() }),
  }),
  provenance: z.object({
    source: z.string(),
    sha256: z.record(z.string(), z.string()),
    precision: z.enum(['fp32', 'fp16', 'int8']),
    quantization: z
      .object({
        texts: size,
        meanCosine: z.number(),
        worstCosine: z.number(),
        smoothing: z.number(),
        unquantized: z.array(z.string()),
      })
      .exactOptional(),
  }),
});
