/**
 * Words that cannot name a constant in a module, the few whose meaning a reader relies on, and `then`: a module that
 * exports it is taken for a promise when it is imported.
 */
const reserved = new Set(
  (
    'arguments async await break case catch class const continue debugger default delete do else enum eval export ' +
    'extends false finally for function if implements import in instanceof interface let new null of package private ' +
    'protected public return static super switch this throw true try typeof undefined using var void while with yield ' +
    'globalThis Infinity NaN then'
  ).split(' '),
);

// Latin, Greek, Cyrillic, Japanese, Chinese and Korean letters that every version of Unicode in use knows.
const words = /[A-Za-z0-9À-ÖØ-öø-ɏΑ-Ωα-ωА-яЁёぁ-ゖァ-ヺー一-鿕가-힣]+/g;
const maxLength = 40;

const isUpper = (word: string) => word === word.toUpperCase();
const lowerFirst = (word: string) =>
  isUpper(word) ? word.toLowerCase() : word.charAt(0).toLowerCase() + word.slice(1);
const upperFirst = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** Gives each text a camel-case identifier of its own; `kind` completes one that cannot stand alone. */
export function createNames(taken: Iterable<string>): (text: string, kind: string) => string {
  const used = new Set(taken);
  const counts = new Map<string, number>();
  return (text, kind) => {
    const found = text.normalize('NFC').match(words) ?? [];
    const camel = found.map((word, i) => (i === 0 ? lowerFirst(word) : upperFirst(word))).join('');
    const short = camel.slice(0, maxLength);
    const plain = /^[0-9]/.test(short) || short === '' ? kind + short : short;
    const base = reserved.has(plain) ? plain + upperFirst(kind) : plain;
    let name = base;
    for (let n = counts.get(base) ?? 2; used.has(name); n++) {
      // The underscore keeps `a1` numbered from being `a` numbered.
      name = /[0-9]$/.test(base) ? `${base}_${n}` : `${base}${n}`;
      counts.set(base, n + 1);
    }
    used.add(name);
    return name;
  };
}

/** The type name that goes with a constant's name. */
export const typeName = (name: string, suffix: string): string => upperFirst(name) + suffix;
