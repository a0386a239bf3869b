import { createTokenizer, type Tokenizer } from '@aiwork/memory';
import { stemmer } from 'stemmer';

const words = createTokenizer();

/** English words that say nothing about what a text is about. Those of other languages weigh little by being common. */
const stopWords = new Set(
  `a about after again all also am an and any are as at be because been before being between both but by can could did do
  does doing done during each few for from further had has have having he her here hers him his how i if in into is it
  its itself just may me might more most must my no nor not now of off on once only or other our ours out over own same
  shall she should so some such than that the their theirs them then there these they this those through to too under
  until up us very was we were what when where which while who whom whose why will with would you your yours s t don doesn
  please tell explain describe happen happens`.split(/\s+/),
);

const camelCase = /\b\p{L}\p{Ll}*(?:\p{Lu}[\p{Ll}\p{N}]+)+\b/gu;

/** `idempotencyKey` is found as itself and as its parts. */
function withParts(text: string): string {
  return text.replace(camelCase, (name) => `${name} ${name.replace(/\p{Lu}/gu, ' $&')}`);
}

// Texts use few words many times.
const known = new Map<string, string>();
const mostKnown = 100_000;

/** M. F. Porter, "An algorithm for suffix stripping", Program 14(3), 1980: made for English, so only for ASCII words. */
function stem(word: string): string {
  const cached = known.get(word);
  if (cached !== undefined) return cached;
  const stemmed = /^[a-z]{3,}$/.test(word) ? stemmer(word) : word;
  if (known.size < mostKnown) known.set(word, stemmed);
  return stemmed;
}

/** The words of a text, so that `crashes` finds `crashed`. */
export const stems: Tokenizer = {
  id: `ask-a-folder-1;porter(${words.id})`,
  tokenize: (text) => words.tokenize(withParts(text)).map(stem),
};

/** The words of a text that say what it is about: as the index knows them, each with how it is written. */
export function contentWordForms(text: string): Map<string, string> {
  const found = words.tokenize(withParts(text)).filter((word) => !stopWords.has(word) && word.length > 1);
  return new Map(found.map((word) => [stem(word), word] as const));
}

/** The words of a text that say what it is about, each once, as the index knows them. */
export function contentWords(text: string): string[] {
  return [...contentWordForms(text).keys()];
}
