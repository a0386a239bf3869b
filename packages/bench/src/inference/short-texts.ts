import { randomNumbers } from '../random-numbers.ts';

const words =
  'rain harbour ship noon shoes return winter engine grain contract bread river children light window garden letter answer morning train'.split(
    ' ',
  );
/** With what a tokenizer adds, 12 tokens: each word is one to the model. */
const wordsOfText = 9;

/** Different short texts: one that comes twice would be found where results are kept. */
export function shortTexts(count: number, seed: number): readonly string[] {
  const random = randomNumbers(seed);
  const word = () => words[Math.floor(random() * words.length)] ?? '';
  return Array.from({ length: count }, () => Array.from({ length: wordsOfText }, word).join(' ').concat('.'));
}

/** Texts as services are asked for them: a few come all the time, most once (Zipf's law, exponent 1). */
export function repeatedTexts(count: number, different: number, seed: number): readonly string[] {
  const texts = shortTexts(different, seed);
  const random = randomNumbers(seed + 1);
  // The inverse of the distribution, as it is for a continuous one.
  return Array.from({ length: count }, () => texts[Math.floor(different ** random()) - 1] ?? '');
}

/** The texts in lists of one length. */
export function batchesOf(texts: readonly string[], size: number): readonly (readonly string[])[] {
  return Array.from({ length: Math.floor(texts.length / size) }, (_, i) =>
    texts.slice(i * size, (i + 1) * size),
  );
}
