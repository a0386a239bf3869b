import { clip } from '../clip.ts';

/**
 * What people cannot see in a text and models can: control characters, marks of direction, tags, selectors of variants.
 * Servers hide instructions in them.
 */
const hidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufff9-\ufffb\p{Default_Ignorable_Code_Point}]/gu;

/** A text without what nobody sees. */
export const withoutHidden = (text: string): string => text.toWellFormed().replace(hidden, '');

/** A text as a person would read it, and no longer than that. */
export const plainText = (text: string, maxChars: number): string => clip(withoutHidden(text), maxChars);
