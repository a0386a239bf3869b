import type { Detector, Finding } from '../finding/detector.ts';
import { namePatterns } from '../named-patterns.ts';

/** @since 0.1.0 */
export interface CheckedNumbersOptions {
  /** What verdicts and replacements call it. */
  readonly kind: string;
  /** What it looks like, as `regexGuardrail` takes patterns. Runs on the linear-time engine. */
  readonly pattern: string | RegExp;
  /** Whether what looks like it is one: that its check digits are right, say. */
  readonly isValid: (found: string) => boolean;
}

/**
 * Numbers with a form and a check of their own, such as those that countries give to people. Where a check is weak, as with
 * one digit, let the pattern ask for a word beside it: of numbers that are something else one in ten passes.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when the pattern cannot be used.
 * @example
 * ```ts
 * import { checkedNumbers } from '@aiwork/guardrails';
 * import { stdnum } from 'stdnum';
 *
 * const spanish = checkedNumbers({
 *   kind: 'DNI',
 *   pattern: /\b\d{8}[ -]?[A-Z]\b/i,
 *   isValid: (found) => stdnum.ES?.dni?.validate(found).isValid ?? false,
 * });
 * console.log([...spanish.find('54362315-K or 54362315-Z')]); // [ { start: 0, end: 10 } ]
 * ```
 * @since 0.1.0
 */
export function checkedNumbers({ kind, pattern, isValid }: CheckedNumbersOptions): Detector {
  const { compiled: [compiled] = [] } = namePatterns({ [kind]: pattern }, 'linear', kind);
  const open = compiled?.open?.();
  return Object.freeze({
    kind,
    *find(text: string, from = 0): Generator<Finding> {
      for (let at = from; compiled && at <= text.length; ) {
        const [match] = compiled.matches(text, at);
        if (!match) return;
        const [start, end] = match;
        const valid = end > start && isValid(text.slice(start, end));
        if (valid) yield { start, end };
        // One may begin in what is none.
        at = valid ? end : start + ((text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1);
      }
    },
    ...(open && { streaming: Object.freeze({ windowChars: open.longest, openAt: open.openAt }) }),
  });
}
