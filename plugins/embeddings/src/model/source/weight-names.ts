import type { EncoderSpec } from '../encoder-spec.ts';

/** What an architecture calls its tensors, without the prefix some files have. */
export interface WeightNames {
  /** What names may begin with. */
  readonly prefix: string;
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly attentionOutput: string;
  readonly attentionNorm: string;
  readonly tokenType?: string;
  readonly relativeBias?: string;
}

const bert: WeightNames = {
  prefix: 'bert.',
  query: 'attention.self.query',
  key: 'attention.self.key',
  value: 'attention.self.value',
  attentionOutput: 'attention.output.dense',
  attentionNorm: 'attention.output.LayerNorm',
  tokenType: 'embeddings.token_type_embeddings.weight',
};

export const weightNames: Readonly<Record<EncoderSpec['architecture'], WeightNames>> = {
  bert,
  roberta: { ...bert, prefix: 'roberta.' },
  mpnet: {
    prefix: 'mpnet.',
    query: 'attention.attn.q',
    key: 'attention.attn.k',
    value: 'attention.attn.v',
    attentionOutput: 'attention.attn.o',
    attentionNorm: 'attention.LayerNorm',
    relativeBias: 'encoder.relative_attention_bias.weight',
  },
};

/** Of tensors that an encoder does not use: heads for other tasks, and numbers that are their own index. */
export const unusedTensor =
  /^(pooler\.|cls\.|lm_head\.|classifier\.|embeddings\.(position_ids|token_type_ids)$)/;
