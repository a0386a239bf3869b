/**
 * Characters that are written inside words and carry no meaning for search (soft hyphen, joiners, variation selectors,
 * enclosing marks). The zero width space is not among them: Thai and Khmer writers set it between words.
 */
const ignorable = /(?!\u200b)\p{Default_Ignorable_Code_Point}|\p{Me}/gu;

const combining = /[\u0300-\u036f]+/g;

/** Letters that readers take for a base letter with a mark, though Unicode does not decompose them. */
const stroked = /[æœøłđðħŧ]/g;
const base: Readonly<Record<string, string>> = {
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ŧ: 't',
};

/**
 * Text with the differences removed that readers do not search by: compatibility forms (NFKC), case, and, when asked to
 * fold them, diacritics.
 *
 * Upper-casing before lower-casing is what comes closest to Unicode's full case folding (CaseFolding.txt) in JavaScript:
 * `ß` and `SS` become `ss`. The final sigma has no case pair of its own, so it is joined by hand.
 */
export function foldText(text: string, options: { readonly diacritics: 'fold' | 'keep' }): string {
  const folded = text
    .normalize('NFKC')
    .replace(ignorable, '')
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ');
  if (options.diacritics === 'keep') return folded.normalize('NFKC');
  return folded
    .normalize('NFKD')
    .replace(combining, '')
    .normalize('NFKC')
    .replace(stroked, (character) => base[character] ?? character);
}
