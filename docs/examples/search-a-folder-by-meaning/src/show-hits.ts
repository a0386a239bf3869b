import type { Hit } from './find-by-meaning.ts';

const width = 96;

/** Hits for a terminal: where they are, how close, and how they begin. */
export function showHits(hits: readonly Hit[]): string {
  if (hits.length === 0) return 'There is no text in this folder.\n';
  return hits
    .map(({ file, line, score, text }) => {
      const begin = text.replaceAll(/\s+/g, ' ');
      const shown = begin.length > width ? `${begin.slice(0, width - 1)}…` : begin;
      return `${score.toFixed(2)}  ${file}:${line}\n      ${shown}\n`;
    })
    .join('');
}
