/** A text as words are compared, letter by letter, and where in the text each letter stands. */
export interface Folded {
  readonly letters: readonly string[];
  /** In UTF-16 units, one for each letter. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** How far writing may differ: in case, marks and width, or also in signs that look like letters. */
export type Folding = 'letters' | 'look-alikes';

/** Signs that are put in place of Latin letters, and the letter: of other scripts, and digits. `l` and `i` are one. */
const lookAlikes = new Map([
  ...pairs('аеорсухіјѕԁһӏԛԝ', 'aeopcyxijsdhiqw'),
  ...pairs('αβγεηικνορτυχω', 'abyenikvoptuxw'),
  ...pairs('0134578l@$', 'oieastbias'),
]);

/**
 * Folds a text: compatibility forms (UAX 15, NFKD) without case, marks and what is not seen (soft hyphens, zero-width
 * characters); any white space is one blank.
 */
export function fold(text: string, folding: Folding, from = 0): Folded {
  const letters: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const plain = plainLetters[folding];
  for (let at = from; at < text.length; ) {
    const letter = plain[text.charCodeAt(at)];
    if (letter !== undefined) {
      if (letter !== ' ' || letters.at(-1) !== ' ') {
        letters.push(letter);
        starts.push(at);
        ends.push(at + 1);
      }
      at += 1;
      continue;
    }
    const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
    const end = at + char.length;
    for (const letter of lettersOf(char, folding)) {
      if (letter === ' ' && letters.at(-1) === ' ') continue;
      letters.push(letter);
      starts.push(at);
      ends.push(end);
    }
    at = end;
  }
  return { letters, starts, ends };
}

const known: Readonly<Record<Folding, Map<string, string>>> = {
  letters: new Map(),
  'look-alikes': new Map(),
};
// Texts of strangers hold any number of characters.
const mostKnown = 10_000;

function lettersOf(char: string, folding: Folding): string {
  const cache = known[folding];
  const cached = cache.get(char);
  if (cached !== undefined) return cached;
  const letters = foldOne(char, folding);
  if (cache.size < mostKnown) cache.set(char, letters);
  return letters;
}

/** What most texts are made of is looked up. */
const plainLetters: Readonly<Record<Folding, readonly string[]>> = {
  letters: asciiLetters('letters'),
  'look-alikes': asciiLetters('look-alikes'),
};

function asciiLetters(folding: Folding): readonly string[] {
  return Array.from({ length: 128 }, (_, code) => foldOne(String.fromCharCode(code), folding));
}

function foldOne(char: string, folding: Folding): string {
  if (/\s/u.test(char)) return ' ';
  const plain = char
    .normalize('NFKD')
    // By way of upper case ß is ss.
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')
    .replaceAll('ς', 'σ');
  if (folding === 'letters') return plain;
  return [...plain].map((letter) => lookAlikes.get(letter) ?? letter).join('');
}

function pairs(from: string, to: string): [string, string][] {
  return [...from].map((char, i) => [char, to.charAt(i)]);
}
