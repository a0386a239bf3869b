import type { Passage } from './passage.ts';

/** About as much as a model reads at once: 256 tokens. */
const mostCharacters = 900;

/** The paragraphs of a text, those that are too long for a model cut where a line ends. */
export function splitText(file: string, text: string): readonly Passage[] {
  const passages: Passage[] = [];
  let lines: string[] = [];
  let first = 1;

  function close(next: number): void {
    const joined = lines.join('\n').trim();
    if (joined !== '') passages.push({ file, line: first, text: joined });
    lines = [];
    first = next;
  }

  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const isFull = lines.length > 0 && lines.join('\n').length + line.length > mostCharacters;
    if (isFull) close(i + 1);
    if (line.trim() === '') close(i + 2);
    else lines.push(line);
  }
  close(1);
  return passages;
}
