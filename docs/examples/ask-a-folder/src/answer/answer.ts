import type { Passage } from '../document.ts';
import type { Found } from '../retrieve/find-passages.ts';
import type { Reason } from '../retrieve/reason.ts';

/** A passage under the number it is cited by. */
export interface Source {
  readonly number: number;
  readonly passage: Passage;
  /** The sentences of it that stand in the answer word for word. */
  readonly quoted: readonly string[];
  /** Where they stand: lines, or pages. */
  readonly at: readonly number[];
  readonly why: Reason;
}

/** One statement of an answer, and the numbers of the sources it rests on. */
export interface Statement {
  readonly text: string;
  readonly cites: readonly number[];
}

export interface Answer {
  /** `extract`, or the id of the model that wrote it. */
  readonly by: string;
  readonly statements: readonly Statement[];
  readonly sources: readonly Source[];
}

/** Passages as the sources of an answer, numbered from 1 in their order. */
export function sourcesOf({ hits }: Found): Source[] {
  return hits.map(({ passage, why }, i) => ({ number: i + 1, passage, quoted: [], at: [], why }));
}
