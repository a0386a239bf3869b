import type { Guardrail } from '@aiwork/core';
import { type FindingGuardrailOptions, findingGuardrail } from '../finding/finding-guardrail.ts';
import { checkOptions, oneOf, refuse, texts } from '../guardrail-options.ts';
import { fold } from './fold.ts';
import { wordDetector } from './word-detector.ts';

/** @since 0.1.0 */
export interface WordGuardrailOptions extends FindingGuardrailOptions {
  /** Words and phrases that must not be in a text, thousands of them if need be. */
  readonly words: readonly string[];
  /** Whether they are found as whole `words` or `anywhere`, as in languages that put no space between words. Default `words`. */
  readonly match?: 'words' | 'anywhere';
  /**
   * What counts as the same: `letters` whatever their case, marks and width, or also `look-alikes` of other scripts and
   * digits, as in `pаssw0rd`. Default `letters`.
   */
  readonly fold?: 'letters' | 'look-alikes';
}

/**
 * Looks for words of a list, all at once. Characters that are not seen do not hide a word, and a space may be any white
 * space. Letters put between others (`b.a.d`) do.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option cannot be used.
 * @example
 * ```ts
 * import { wordGuardrail } from '@aiwork/guardrails';
 *
 * const rivals = wordGuardrail({ name: 'rivals', words: ['Blåbær', 'Acme Corp'] });
 * const { signal } = new AbortController();
 * console.log(await rivals.check({ text: 'Try BLABAER or acme  corp', final: true }, { signal }));
 * // { action: 'redact', text: 'Try BLABAER or [word]', reason: 'replaced 1 of kind "word"' }
 * ```
 * @since 0.1.0
 */
export function wordGuardrail(options: WordGuardrailOptions): Guardrail {
  const { name } = checkOptions(options);
  const words = texts(options.words, 'words', name);
  const match = oneOf(options.match ?? 'words', ['words', 'anywhere'], 'match', name);
  const folding = oneOf(options.fold ?? 'letters', ['letters', 'look-alikes'], 'fold', name);
  if (words.length === 0) refuse(`guardrail "${name}" has no words: give one or more`);
  const empty = words.findIndex((word) => fold(word.trim(), folding).units.length === 0);
  if (empty !== -1) refuse(`word ${empty} of guardrail "${name}" is empty: take it out`);
  return findingGuardrail(options, [wordDetector({ words, match, folding })]);
}
