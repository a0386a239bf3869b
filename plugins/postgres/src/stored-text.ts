/**
 * PostgreSQL keeps no U+0000, and compares strings by code points where a memory goes by UTF-16 code units. So strings are
 * kept in a form that has neither trouble: U+0000 and U+0001 become pairs that begin with U+0001, and what sorts differently
 * (from U+E000 on, against all that is written in two units) changes places at the end of Unicode. Every other string is
 * kept as it is, and the order of bytes is that of the strings' code units.
 */
const lastPlane = 0x10_e000;
const moved = lastPlane - 0xe000;
/** Stands before the characters that lived where others were moved to. */
const before = '\u{10dfff}';

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to be replaced
const controls = /[\u0000\u0001]/g;
const out = /[\ue000-\uffff]|[\u{10dfff}-\u{10ffff}]/gu;
const back = /\u{10dfff}(.)|[\u{10e000}-\u{10ffff}]/gsu;

const codeOf = (character: string) => character.codePointAt(0) ?? 0;
const ordered = (text: string) =>
  text.replace(out, (character) =>
    character.length === 2 ? before + character : String.fromCodePoint(codeOf(character) + moved),
  );
const unordered = (text: string) =>
  text.replace(
    back,
    (character, kept: string | undefined) => kept ?? String.fromCodePoint(codeOf(character) - moved),
  );

/** A text as it is kept: only to be read. */
export const storedText = (text: string): string =>
  text.replace(controls, (control) => (control === '\u0000' ? '\u0001\u0001' : '\u0001\u0002'));

export const readText = (stored: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
  stored.replace(/\u0001([\u0001\u0002])/g, (_, mark) => (mark === '\u0001' ? '\u0000' : '\u0001'));

/** A string as it is kept where it is compared: ids, and all strings of metadata. */
export const storedKey = (key: string): string => ordered(storedText(key));

export const readKey = (stored: string): string => readText(unordered(stored));

/** The JSON of data, all strings of which are in the form of keys. */
export const storedJson = (json: string): string =>
  ordered(
    json.replace(/\\(?:u000([01])|.)/gs, (written, digit: string | undefined) =>
      digit === undefined ? written : `\\u0001\\u000${digit === '0' ? 1 : 2}`,
    ),
  );

export const readJson = (stored: string): string =>
  unordered(stored).replace(/\\(?:u0001\\u000([12])|.)/gs, (written, digit: string | undefined) =>
    digit === undefined ? written : `\\u000${digit === '1' ? 0 : 1}`,
  );
