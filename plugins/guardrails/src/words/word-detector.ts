import type { Detector, Finding } from '../finding/detector.ts';
import { type Folded, fold } from './fold.ts';
import { blank, type Folding, lettersOf, notPlain } from './letters.ts';

/** @internal */
export interface WordDetectorOptions {
  readonly words: readonly string[];
  readonly match: 'words' | 'anywhere';
  readonly folding: Folding;
}

interface Branch {
  /** By UTF-16 unit. */
  readonly next: Map<number, Branch>;
  isEnd: boolean;
}

/** Looks for many words at once, in a tree of their letters: time is at most the text times the longest word. @internal */
export function wordDetector({ words, match, folding }: WordDetectorOptions): Detector {
  const root = treeOf(words, folding);
  const whole = match === 'words';
  const letters = lettersOf(folding);
  const begins = Uint8Array.from({ length: 128 }, (_, unit) => Number(root.next.has(unit)));
  const mayBeFirst = (letter: number) => (begins[letter] ?? Number(root.next.has(letter))) === 1;

  /** The last unit of the longest word that begins at `at`, and whether all units there are may begin one. */
  function wordAt({ units }: Folded, at: number): { readonly last: number; readonly isOpen: boolean } {
    let last = -1;
    let branch: Branch | undefined = root;
    for (let reached = at; reached < units.length; reached += 1) {
      branch = branch.next.get(units[reached] ?? 0);
      if (!branch) return { last, isOpen: false };
      if (branch.isEnd && !(whole && isWordAt(units, reached + 1))) last = reached;
    }
    return { last, isOpen: true };
  }

  /**
   * Whether there may be a word at `from` or later, or the beginning of one at the end: most texts have none, which is told
   * without folding them.
   */
  function mayHold(text: string, from: number): boolean {
    let before = notPlain;
    for (let at = from; at < text.length; at += 1) {
      const letter = letters.plain(text.charCodeAt(at));
      if (letter === notPlain) {
        const point = text.codePointAt(at) ?? 0;
        const several = letters.of(point);
        if (point > 0xffff) at += 1;
        if (several === '') continue;
        for (let n = 0; n < several.length; n += 1) if (mayBeFirst(several.charCodeAt(n))) return true;
      } else if (mayBeFirst(letter) && !(whole && isWordUnit(before)) && mayBeWord(text, at)) return true;
      before = letter;
    }
    return false;
  }

  /** Whether what begins at `at` is a word, or may be one for all that is looked at here. */
  function mayBeWord(text: string, from: number): boolean {
    let branch: Branch | undefined = root;
    let before = notPlain;
    for (let at = from; at < text.length; at += 1) {
      const letter = letters.plain(text.charCodeAt(at));
      if (letter === notPlain) return true;
      if (letter === blank && before === blank) continue;
      branch = branch.next.get(letter);
      if (!branch || branch.isEnd) return branch !== undefined;
      before = letter;
    }
    return true;
  }

  const mayBegin = ({ units }: Folded, at: number) =>
    root.next.has(units[at] ?? 0) && !(whole && isWordBefore(units, at));

  return Object.freeze({
    kind: 'word',
    *find(text: string, from = 0): Generator<Finding> {
      const start = contextStart(text, from);
      if (!mayHold(text, start)) return;
      const folded = fold(text, folding, start);
      const { units, starts, ends } = folded;
      for (let at = 0; at < units.length; at += 1) {
        if (!mayBegin(folded, at)) continue;
        const { last } = wordAt(folded, at);
        if (last >= 0) yield { start: starts[at] ?? 0, end: ends[last] ?? 0 };
      }
    },
    streaming: Object.freeze({
      // What is not seen may stand between any two letters.
      windowChars: Infinity,
      openAt(text: string, from: number) {
        const contextAt = contextStart(text, from);
        if (!mayHold(text, contextAt)) return text.length;
        const folded = fold(text, folding, contextAt);
        const { units, starts } = folded;
        for (let at = 0; at < units.length; at += 1) {
          const start = starts[at] ?? 0;
          if (start >= from && mayBegin(folded, at) && wordAt(folded, at).isOpen) return start;
        }
        return text.length;
      },
    }),
  });
}

const word = /^[\p{L}\p{N}_]/u;
const asciiWord = Uint8Array.from({ length: 128 }, (_, code) => Number(word.test(String.fromCharCode(code))));

function isWordAt(units: Uint16Array, at: number): boolean {
  const unit = units[at];
  return unit !== undefined && isWordUnit(unit, units[at + 1]);
}

/** Whether a letter or digit begins with a unit, and the one after it. */
function isWordUnit(unit: number, next = 0): boolean {
  const known = asciiWord[unit];
  return known === undefined ? word.test(String.fromCharCode(unit, next)) : known === 1;
}

function isWordBefore(units: Uint16Array, at: number): boolean {
  const unit = units[at - 1] ?? 0;
  return isWordAt(units, unit >= 0xdc00 && unit <= 0xdfff ? at - 2 : at - 1);
}

function treeOf(words: readonly string[], folding: Folding): Branch {
  const root: Branch = { next: new Map(), isEnd: false };
  for (const word of words) {
    let branch = root;
    for (const letter of fold(word.trim(), folding).units) {
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
