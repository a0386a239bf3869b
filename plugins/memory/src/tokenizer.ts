import { createHash } from 'node:crypto';
import { invalidArgument, shown } from '@aiwork/core/adapter-kit';
import { foldText } from './fold-text.ts';

/**
 * Cuts text into the terms an index stores and a query asks for.
 *
 * `tokenize` must be pure: the same text gives the same terms. `id` names the rules and is written into snapshots; a
 * snapshot written under another id is indexed anew from its texts when it is loaded.
 *
 * @example
 * ```ts
 * import { createMemory, createTokenizer, type Tokenizer } from '@aiwork/memory';
 *
 * const words = createTokenizer();
 * const noise = new Set(['the', 'of', 'a']);
 * const tokenizer: Tokenizer = {
 *   id: `no-noise(${words.id})`,
 *   tokenize: (text) => words.tokenize(text).filter((term) => !noise.has(term)),
 * };
 * const memory = createMemory({ tokenizer });
 * await memory.upsert([{ id: 'a', text: 'the name of the rose' }]);
 * console.log(await memory.search({ text: 'the', topK: 3 })); // []
 * ```
 * @since 0.1.0
 */
export interface Tokenizer {
  readonly id: string;
  tokenize(text: string): readonly string[];
}

/** Brings the forms of a word to one, as the stemmers of Snowball do. @since 0.1.0 */
export interface Stemmer {
  /** Names the rules, for snapshots. */
  readonly id: string;
  stem(term: string): string;
}

/** What {@link createTokenizer} takes. @since 0.1.0 */
export interface TokenizerOptions {
  /**
   * `'fold'` (default) lets `café` and `cafe` be one term; `'keep'` keeps them apart. Folding drops the combining marks
   * of Latin, Greek and Cyrillic letters and never touches the vowel signs of other scripts.
   */
  readonly diacritics?: 'fold' | 'keep';
  /** Words that say nothing, as they are written; left out of texts and queries. */
  readonly stopWords?: Iterable<string>;
  /** For one language: forms of one word become one term. It gets terms in lower case, with their diacritics. */
  readonly stemmer?: Stemmer;
}

const separator = 1;
const letter = 2;
const unspaced = 3;

const letterPattern = /^[\p{L}\p{N}\p{Mn}\p{Mc}]$/u;
const unspacedPattern =
  /^[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]$/u;

function classify(codePoint: number): number {
  const character = String.fromCodePoint(codePoint);
  if (!letterPattern.test(character)) return separator;
  return unspacedPattern.test(character) ? unspaced : letter;
}

/** Classes of the basic plane, filled in as characters are met: 0 means not met yet. */
const classes = new Uint8Array(0x10000);

function classAt(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  const known = classes[unit] as number;
  if (known !== 0) return known;
  if (unit >= 0xd800 && unit <= 0xdfff) return classify(text.codePointAt(index) as number);
  const found = classify(unit);
  classes[unit] = found;
  return found;
}

let segmenter: Intl.Segmenter | undefined;

/** Dictionary segmentation follows the script, so the locale is fixed: an index must not depend on the machine's. */
function pushSegments(text: string, terms: string[]): void {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'word' });
  for (const { segment, isWordLike } of segmenter.segment(text)) {
    if (isWordLike === true) terms.push(segment);
  }
}

function tokenizeAscii(text: string): string[] {
  const folded = text.toLowerCase();
  const terms: string[] = [];
  let start = -1;
  for (let i = 0; i < folded.length; i++) {
    const unit = folded.charCodeAt(i);
    if ((unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57)) {
      if (start < 0) start = i;
    } else if (start >= 0) {
      terms.push(folded.slice(start, i));
      start = -1;
    }
  }
  if (start >= 0) terms.push(folded.slice(start));
  return terms;
}

function tokenizeUnicode(folded: string): string[] {
  const terms: string[] = [];
  let start = 0;
  let kind = separator;
  const end = (index: number): void => {
    if (kind === letter) terms.push(folded.slice(start, index));
    else if (kind === unspaced) pushSegments(folded.slice(start, index), terms);
  };
  for (let i = 0; i < folded.length; ) {
    const next = classAt(folded, i);
    if (next !== kind) {
      end(i);
      start = i;
      kind = next;
    }
    i += (folded.codePointAt(i) as number) > 0xffff ? 2 : 1;
  }
  end(folded.length);
  return terms;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the whole ASCII range is meant, controls included.
const ascii = /^[\x00-\x7f]*$/;

/**
 * The tokenizer used when none is given: Unicode NFKC, case folded, diacritics as asked for; terms are runs of letters,
 * digits and marks (so `don't` is `don` and `t`, `snake_case` is two terms, emoji are none), and scripts written without
 * spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) are cut into words by `Intl.Segmenter`.
 *
 * @example
 * ```ts
 * import { createTokenizer } from '@aiwork/memory';
 *
 * console.log(createTokenizer().tokenize('Über-Café № 5, ﬁne')); // ['uber', 'cafe', 'no', '5', 'fine']
 * console.log(createTokenizer({ diacritics: 'keep' }).tokenize('Café')); // ['café']
 * console.log(createTokenizer({ stopWords: ['the', 'of'] }).tokenize('The name of the rose')); // ['name', 'rose']
 * ```
 * @throws AiworkError `AIWORK_INVALID_ARGUMENT` when an option is not one of the values above.
 * @since 0.1.0
 */
export function createTokenizer(options: TokenizerOptions = {}): Tokenizer {
  const diacritics = options.diacritics ?? 'fold';
  if (diacritics !== 'fold' && diacritics !== 'keep') {
    throw invalidArgument(`diacritics is ${shown(diacritics)}: use 'fold' or 'keep'`);
  }
  const { stemmer } = options;
  if (stemmer !== undefined && (typeof stemmer?.id !== 'string' || typeof stemmer.stem !== 'function'))
    throw invalidArgument('stemmer is not one: use an object with `id` and `stem(term)`');
  const stopWords = stopTermsOf(options.stopWords ?? []);
  const rules = [
    'aiwork-words-1',
    `diacritics=${diacritics}`,
    ...(stopWords.size > 0 ? [`stop=${digestOf(stopWords)}`] : []),
    ...(stemmer ? [`stem=${stemmer.id}`] : []),
    // Letters and word breaks move between Unicode and ICU releases, so both belong to the rules' name.
    `unicode=${process.versions['unicode']}`,
    `icu=${process.versions['icu']}`,
  ];
  const cut = (text: string, marks: 'fold' | 'keep') =>
    ascii.test(text) ? tokenizeAscii(text) : tokenizeUnicode(foldText(text, { diacritics: marks }));
  if (!stemmer && stopWords.size === 0)
    return { id: rules.join(';'), tokenize: (text) => cut(text, diacritics) };
  return {
    id: rules.join(';'),
    tokenize: (text) =>
      cut(text, 'keep')
        .filter((term) => !stopWords.has(term))
        .map((term) => (stemmer ? stemmer.stem(term) : term))
        .map((term) => (diacritics === 'fold' ? foldText(term, { diacritics }) : term)),
  };
}

function stopTermsOf(words: Iterable<string>): ReadonlySet<string> {
  if (typeof words === 'string')
    throw invalidArgument(`stopWords is ${shown(words)}: use an array or a set of words`);
  return new Set(Array.from(words, (word) => foldText(word, { diacritics: 'keep' })));
}

const digestOf = (words: ReadonlySet<string>): string =>
  createHash('sha256')
    .update(JSON.stringify([...words].sort()))
    .digest('hex')
    .slice(0, 16);
