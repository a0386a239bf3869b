import type { Block, BlockKind, Passage } from '../document.ts';
import type { Found } from '../retrieve/find-passages.ts';
import type { Reason } from '../retrieve/reason.ts';
import { type Sentence, sentencesOf } from '../retrieve/sentences.ts';
import { contentWords } from '../retrieve/words.ts';

/** A sentence that may be quoted. */
export interface Candidate extends Sentence {
  readonly kind: BlockKind;
  readonly passage: Passage;
  /** Why the passage was found. */
  readonly why: Reason;
  /** The passage's score, of the best passage's. */
  readonly standing: number;
  readonly words: ReadonlySet<string>;
  /** Cosine to the question, where it means what is asked; else 0. */
  readonly nearness: number;
  /** Those of the headings it stands under, and of its file's name. */
  readonly context: ReadonlySet<string>;
  /** The sentence before it in the same block. */
  readonly before?: Candidate;
}

/** A line that stands alone in a document is there to be typed or looked up; other code is no answer. */
const isCommand = ({ text, headings }: Block) =>
  headings.length > 0 && !text.includes('\n') && text.length <= 100;

/** The sentences of the passages that were found, passages best first. Rows count as one sentence each, and so do single lines of code. */
export function candidatesIn({ hits }: Found): Candidate[] {
  const best = hits[0]?.score ?? 1;
  const seen = new Set<string>();
  return hits.flatMap(({ passage, score, near, why }) => {
    const nearness = new Map(near.map((sentence) => [sentence.text, sentence.nearness]));
    const context = new Set(
      contentWords([passage.path.replace(/[/_.-]+/g, ' '), ...passage.headings].join(' ')),
    );
    return passage.blocks.flatMap((block) => {
      if (block.kind === 'code' && !isCommand(block)) return [];
      const whole: Sentence = { start: 0, ...block, text: block.text.replace(/\s+/g, ' ') };
      const sentences = block.kind === 'prose' ? sentencesOf(block) : [whole];
      let before: Candidate | undefined;
      return sentences.flatMap((sentence) => {
        const candidate: Candidate = {
          ...sentence,
          kind: block.kind,
          passage,
          why,
          standing: score / best,
          words: new Set(contentWords(sentence.text)),
          nearness: nearness.get(sentence.text) ?? 0,
          context,
          ...(before && { before }),
        };
        before = candidate;
        // The same sentence in two files is quoted from the one that fits better.
        if (seen.has(sentence.text)) return [];
        seen.add(sentence.text);
        return [candidate];
      });
    });
  });
}
