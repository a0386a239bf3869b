import process from 'node:process';
import { styleText } from 'node:util';

export type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

/** Colours for what goes to `stream`; NO_COLOR, FORCE_COLOR and whether it is a terminal are respected. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  // util.styleText lets FORCE_COLOR=0 through as colour on Node 22.
  if (process.env['FORCE_COLOR'] === '0') return (_, text) => text;
  return (style, text) => styleText(style, text, { stream });
}

/** As stderr takes them: progress, notes and errors. */
export const paintErr: Paint = (style, text) => paintFor(process.stderr)(style, text);
