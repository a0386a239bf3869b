import { endianness } from 'node:os';

/** A text as words are compared, in UTF-16 units, and where in the text what each of them stands for begins and ends. */
export interface Folded {
  readonly units: Uint16Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** How far writing may differ: in case, marks and width, or also in signs that look like letters. */
export type Folding = 'letters' | 'look-alikes';

/** Signs that are put in place of Latin letters, and the letter: of other scripts, and digits. `l` and `i` are one. */
const lookAlikes = new Map([
  ...pairs('аеорсухіјѕԁһӏԛԝ', 'aeopcyxijsdhiqw'),
  ...pairs('αβγεηικνορτυχω', 'abyenikvoptuxw'),
  ...pairs('0134578l@$', 'oieastbias'),
]);

const blank = 0x20;

/**
 * Folds a text: compatibility forms (UAX 15, NFKD) without case, marks and what is not seen (soft hyphens, zero-width
 * characters); any white space is one blank.
 */
export function fold(text: string, folding: Folding, from = 0): Folded {
  const folder = createFolder(text, folding, from);
  folder.upTo(text.length);
  return folder.folded();
}

/** Folds a text part by part. */
export interface Folder {
  /** Goes on to `end`, or one unit further where that is between the halves of a character. */
  upTo(end: number): void;
  /** What was folded so far. */
  folded(): Folded;
}

export function createFolder(text: string, folding: Folding, from = 0): Folder {
  const plain = plainUnits[folding];
  let folded = room(text.length - from);
  let count = 0;
  let reached = from;
  return {
    upTo(end) {
      reached = foldPart(reached, end);
    },
    folded() {
      const { units, starts, ends } = folded;
      return {
        units: units.subarray(0, count),
        starts: starts.subarray(0, count),
        ends: ends.subarray(0, count),
      };
    },
  };

  function foldPart(start: number, stop: number): number {
    let at = start;
    while (at < stop) {
      // The longest compatibility form has eighteen characters.
      if (count + 32 > folded.units.length) folded = grown(folded);
      const { units, starts, ends } = folded;
      const code = text.charCodeAt(at);
      const unit = plain[code];
      if (unit !== undefined) {
        if (unit !== blank || count === 0 || units[count - 1] !== blank) {
          units[count] = unit;
          starts[count] = at;
          ends[count] = at + 1;
          count += 1;
        }
        at += 1;
        continue;
      }
      const point = text.codePointAt(at) ?? 0;
      const end = at + (point > 0xffff ? 2 : 1);
      const letters = lettersOf(point, folding);
      for (let n = 0; n < letters.length; n += 1) {
        const letter = letters.charCodeAt(n);
        if (letter === blank && count > 0 && units[count - 1] === blank) continue;
        units[count] = letter;
        starts[count] = at;
        ends[count] = end;
        count += 1;
      }
      at = end;
    }
    return at;
  }
}

/** The letters of a folded text as one text. */
export function foldedText({ units }: Folded): string {
  const bytes = Buffer.from(units.buffer, units.byteOffset, units.byteLength);
  return (endianness() === 'LE' ? bytes : Buffer.from(bytes).swap16()).toString('utf16le');
}

const room = (length: number): Folded => ({
  units: new Uint16Array(length + 64),
  starts: new Uint32Array(length + 64),
  ends: new Uint32Array(length + 64),
});

function grown({ units, starts, ends }: Folded): Folded {
  const larger = room(2 * units.length);
  larger.units.set(units);
  larger.starts.set(starts);
  larger.ends.set(ends);
  return larger;
}

const known: Readonly<Record<Folding, Map<number, string>>> = {
  letters: new Map(),
  'look-alikes': new Map(),
};
// Texts of strangers hold any number of characters.
const mostKnown = 10_000;

function lettersOf(point: number, folding: Folding): string {
  const cache = known[folding];
  const cached = cache.get(point);
  if (cached !== undefined) return cached;
  const letters = foldOne(String.fromCodePoint(point), folding);
  if (cache.size < mostKnown) cache.set(point, letters);
  return letters;
}

/** What most texts are made of is looked up: each of ASCII is one letter. */
const plainUnits: Readonly<Record<Folding, Uint16Array>> = {
  letters: asciiUnits('letters'),
  'look-alikes': asciiUnits('look-alikes'),
};

function asciiUnits(folding: Folding): Uint16Array {
  return Uint16Array.from({ length: 128 }, (_, code) =>
    foldOne(String.fromCharCode(code), folding).charCodeAt(0),
  );
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
