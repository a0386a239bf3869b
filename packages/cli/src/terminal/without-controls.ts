import { stripVTControlCharacters } from 'node:util';

/** `text` without what would move the cursor, colour or ring; its lines stay. */
export function withoutControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return stripVTControlCharacters(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]+/g, ' ');
}
