/** How far writing may differ: in case, marks and width, or also in signs that look like letters. */
export type Folding = 'letters' | 'look-alikes';

/** Signs that are put in place of Latin letters, and the letter: of other scripts, and digits. `l` and `i` are one. */
const lookAlikes = new Map([
  ...pairs('аеорсухіјѕԁһӏԛԝ', 'aeopcyxijsdhiqw'),
  ...pairs('αβγεηικνορτυχω', 'abyenikvoptuxw'),
  ...pairs('0134578l@$', 'oieastbias'),
]);

/** What all white space is. */
export const blank = 0x20;

/** In place of the one letter that a UTF-16 unit stands for: it stands for none or several, or is half a character. */
export const notPlain = 0xdfff;
/** Half a character, so nothing that a unit stands for. */
const notAsked = 0xd800;

/** What the characters of a text stand for when words are compared. */
export interface Letters {
  /** The letter that a UTF-16 unit stands for, or `notPlain`. Most texts have few others. */
  plain(unit: number): number;
  /** All that a code point stands for. */
  of(point: number): string;
}

const made = new Map<Folding, Letters>();

export function lettersOf(folding: Folding): Letters {
  const letters = made.get(folding) ?? createLetters(folding);
  made.set(folding, letters);
  return letters;
}

// Texts of strangers hold any number of characters.
const mostKnown = 10_000;

function createLetters(folding: Folding): Letters {
  const plain = new Uint16Array(0x1_0000).fill(notAsked);
  const known = new Map<number, string>();
  const of = (point: number) => {
    const cached = known.get(point);
    if (cached !== undefined) return cached;
    const letters = foldOne(String.fromCodePoint(point), folding);
    if (known.size < mostKnown) known.set(point, letters);
    return letters;
  };
  const ask = (unit: number) => {
    const letters = isHalf(unit) ? '' : of(unit);
    const letter = letters.length === 1 ? letters.charCodeAt(0) : notPlain;
    plain[unit] = letter;
    return letter;
  };
  return {
    of,
    plain(unit) {
      const letter = plain[unit] ?? notAsked;
      return letter === notAsked ? ask(unit) : letter;
    },
  };
}

const isHalf = (unit: number) => unit >= 0xd800 && unit <= 0xdfff;

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
