import { randomNumbers } from '../../random-numbers.ts';

/** Made-up vectors: the same for everybody who asks for the same. */
export interface VectorCorpusOptions {
  readonly vectors: number;
  readonly dimensions: number;
  readonly queries: number;
}

export interface VectorCorpus {
  readonly vectors: readonly Float32Array[];
  readonly queries: readonly Float32Array[];
}

const topics = 200;
/** How far a vector is from its topic, where topics are 1 from each other. */
const spread = 0.7;

/**
 * As those of texts are: near one of some topics, and with most of what they say in some of their directions (the n-th
 * has a variance of 1/(n + 5)).
 */
export function makeVectors({ vectors, dimensions, queries }: VectorCorpusOptions): VectorCorpus {
  const random = randomNumbers(20_261_122);
  const one = () => Float32Array.from({ length: dimensions }, (_, n) => normal(random) / Math.sqrt(n + 5));
  const centres = Array.from({ length: topics }, one);
  const drawn = (): Float32Array => {
    const centre = centres[Math.floor(random() * topics)] as Float32Array;
    return one().map((value, n) => (centre[n] as number) + spread * value);
  };
  return {
    vectors: Array.from({ length: vectors }, drawn),
    queries: Array.from({ length: queries }, drawn),
  };
}

/** Box and Muller (1958). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
