import { clip } from '../clip.ts';

/**
 * What people cannot see in a text and models can: control characters, marks of direction, tags. Servers hide instructions
 * in them.
 */
const hidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]/gu;

/** A text as a person would read it, and no longer than that. */
export function plainText(text: string, maxChars: number): string {
  const plain = text.toWellFormed().replace(hidden, '');
  return clip(plain, maxChars);
}
