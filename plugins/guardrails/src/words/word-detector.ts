import type { Detector, Finding } from '../finding/detector.ts';
import { type Folded, type Folding, fold } from './fold.ts';

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

  const mayBegin = ({ units }: Folded, at: number) =>
    root.next.has(units[at] ?? 0) && !(whole && isWordBefore(units, at));

  return Object.freeze({
    kind: 'word',
    *find(text: string, from = 0): Generator<Finding> {
      const folded = fold(text, folding, contextStart(text, from));
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
        const folded = fold(text, folding, contextStart(text, from));
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
  if (unit === undefined) return false;
  const known = asciiWord[unit];
  if (known !== undefined) return known === 1;
  return word.test(String.fromCharCode(unit, units[at + 1] ?? 0));
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
