import type { Detector, Finding } from '../finding/detector.ts';
import { type Folded, type Folding, fold } from './fold.ts';

/** @internal */
export interface WordDetectorOptions {
  readonly words: readonly string[];
  readonly match: 'words' | 'anywhere';
  readonly folding: Folding;
}

interface Branch {
  readonly next: Map<string, Branch>;
  isEnd: boolean;
}

const isWord = /^[\p{L}\p{N}_]/u;

/** Looks for many words at once, in a tree of their letters: time is at most the text times the longest word. @internal */
export function wordDetector({ words, match, folding }: WordDetectorOptions): Detector {
  const root = treeOf(words, folding);
  const mayBegin = ({ letters }: Folded, at: number) =>
    root.next.has(letters[at] ?? '') &&
    (match === 'anywhere' || at === 0 || !isWord.test(letters[at - 1] ?? ''));
  const mayEnd = (letter: string | undefined) =>
    match === 'anywhere' || letter === undefined || !isWord.test(letter);

  return Object.freeze({
    kind: 'word',
    *find(text: string, from = 0): Generator<Finding> {
      const folded = fold(text, folding, contextStart(text, from));
      const { letters, starts, ends } = folded;
      for (let at = 0; at < letters.length; at += 1) {
        if (!mayBegin(folded, at)) continue;
        let last = -1;
        for (const { branch, at: reached } of walk(root, letters, at)) {
          if (branch.isEnd && mayEnd(letters[reached + 1])) last = reached;
        }
        if (last >= 0) yield { start: starts[at] ?? 0, end: ends[last] ?? 0 };
      }
    },
    streaming: Object.freeze({
      // What is not seen may stand between any two letters.
      windowChars: Infinity,
      openAt(text: string, from: number) {
        const folded = fold(text, folding, contextStart(text, from));
        const { letters, starts } = folded;
        for (let at = 0; at < letters.length; at += 1) {
          const start = starts[at] ?? 0;
          if (start < from || !mayBegin(folded, at)) continue;
          for (const { at: reached } of walk(root, letters, at))
            if (reached === letters.length - 1) return start;
        }
        return text.length;
      },
    }),
  });
}

/** The branches that letters lead to, one after the other, from `start`. */
function* walk(
  root: Branch,
  letters: readonly string[],
  start: number,
): Generator<{ branch: Branch; at: number }> {
  let branch: Branch | undefined = root;
  for (let at = start; at < letters.length; at += 1) {
    branch = branch.next.get(letters[at] ?? '');
    if (!branch) return;
    yield { branch, at };
  }
}

function treeOf(words: readonly string[], folding: Folding): Branch {
  const root: Branch = { next: new Map(), isEnd: false };
  for (const word of words) {
    let branch = root;
    for (const letter of fold(word.trim(), folding).letters) {
      const next = branch.next.get(letter) ?? { next: new Map(), isEnd: false };
      branch.next.set(letter, next);
      branch = next;
    }
    branch.isEnd = true;
  }
  return root;
}

// The letter before decides whether a word may begin, and there may be some between that are not seen.
const contextChars = 32;

function contextStart(text: string, from: number): number {
  const start = Math.max(0, from - contextChars);
  const low = text.charCodeAt(start);
  return start > 0 && low >= 0xdc00 && low <= 0xdfff ? start - 1 : start;
}
