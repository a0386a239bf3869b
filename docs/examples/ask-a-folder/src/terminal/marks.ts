import { styleText } from 'node:util';

/** Signs around a word, which also stand where there is no colour. */
export const inSigns = (word: string): string => `«${word}»`;

const inColour = (word: string): string => styleText(['bold', 'yellow'], word, { validateStream: false });

/** How words stand out on a stream: in colour where it is a terminal that has some, and nobody asked for none. */
export function marksFor(stream: Partial<NodeJS.WriteStream>): (word: string) => string {
  return stream.hasColors?.() ? inColour : inSigns;
}
