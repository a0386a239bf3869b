import type { Shape } from '../../schema/shape.ts';
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

const text = { type: 'string' } as const;
const number = { type: 'number' } as const;
const size = { type: 'integer', minimum: 1 } as const;

/** Of a header: what has it is a {@link ModelHeader}. */
export const headerShape = {
  type: 'object',
  properties: {
    id: text,
    spec: {
      type: 'object',
      properties: {
        architecture: { type: 'string', enum: ['bert', 'roberta', 'mpnet'] },
        layers: size,
        hidden: size,
        heads: size,
        intermediate: size,
        vocabulary: size,
        maxTokens: size,
        activation: { type: 'string', enum: ['gelu', 'gelu-tanh', 'relu'] },
        layerNormEpsilon: { type: 'number', exclusiveMinimum: 0 },
        pooling: { type: 'string', enum: ['mean', 'cls', 'max'] },
        normalized: { type: 'boolean' },
        prompts: { type: 'object', properties: { query: text, document: text }, required: [] },
      },
      required: [
        'architecture',
        'layers',
        'hidden',
        'heads',
        'intermediate',
        'vocabulary',
        'maxTokens',
        'activation',
        'layerNormEpsilon',
        'pooling',
        'normalized',
        'prompts',
      ],
    },
    provenance: {
      type: 'object',
      properties: {
        source: text,
        sha256: { type: 'object', additionalProperties: text },
        precision: { type: 'string', enum: ['fp32', 'fp16', 'int8'] },
        quantization: {
          type: 'object',
          properties: {
            texts: size,
            meanCosine: number,
            worstCosine: number,
            smoothing: number,
            unquantized: { type: 'array', items: text },
          },
          required: ['texts', 'meanCosine', 'worstCosine', 'smoothing', 'unquantized'],
        },
      },
      required: ['source', 'sha256', 'precision'],
    },
  },
  required: ['id', 'spec', 'provenance'],
} as const satisfies Shape;
