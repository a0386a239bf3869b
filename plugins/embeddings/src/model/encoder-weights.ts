/** A tensor of floats, which is read or made when it is asked for. */
export interface Weight {
  readonly shape: readonly number[];
  floats(): Promise<Float32Array>;
}

/**
 * The weights of an encoder under the names that they have in a model file, by whatever names and however laid out the
 * architecture has them:
 *
 * - `embeddings.word` and `embeddings.position`, in which the vector of the first token type is;
 * - `layers.N.attention.input`: queries (divided by the root of a head's width), keys and values side by side;
 * - `layers.N.attention.output`, `layers.N.feed.input`, `layers.N.feed.output`: what vectors are multiplied with from
 *   the right, as `.weight`, and `.bias`;
 * - `embeddings.norm`, `layers.N.attention.norm`, `layers.N.feed.norm`: `.scale` and `.bias`;
 * - `positions.bias`, of MPNet: what attention gets at the distances from the furthest before to the furthest behind.
 */
export type EncoderWeights = ReadonlyMap<string, Weight>;

/** Names of the linear layers of an encoder, without `.weight` and `.bias`. */
export function linearNames(layers: number): readonly string[] {
  return Array.from({ length: layers }, (_, layer) =>
    ['attention.input', 'attention.output', 'feed.input', 'feed.output'].map(
      (name) => `layers.${layer}.${name}`,
    ),
  ).flat();
}
