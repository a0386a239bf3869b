import type { Passage } from '../document.ts';
import { sentencesOf } from './sentences.ts';

/** The sentences of a passage as texts, rows and lines of code counting as one each. */
export function passageSentences({ blocks }: Passage): readonly string[] {
  const texts = blocks.flatMap((block) => {
    if (block.kind === 'prose') return sentencesOf(block).map(({ text }) => text);
    return (block.kind === 'code' ? block.text.split('\n') : [block.text]).map((text) =>
      text.replace(/\s+/g, ' '),
    );
  });
  return texts.filter((text) => text.trim() !== '');
}
