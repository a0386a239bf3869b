/** Where something begins and ends, in UTF-16 units. @since 0.1.0 */
export interface Finding {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds one kind of thing in a text.
 *
 * @example
 * ```ts
 * import { type Detector, personalDataGuardrail } from '@aiwork/guardrails';
 *
 * const badges: Detector = {
 *   kind: 'badge',
 *   *find(text) {
 *     for (const { index, 0: badge } of text.matchAll(/\bB-\d{5}\b/g)) yield { start: index, end: index + badge.length };
 *   },
 * };
 * const guardrail = personalDataGuardrail({ name: 'badges', detectors: [badges] });
 * const { signal } = new AbortController();
 * console.log(await guardrail.check({ text: 'Ask B-10234.', final: true }, { signal }));
 * // { action: 'redact', text: 'Ask [badge].', reason: 'replaced 1 of kind "badge"' }
 * ```
 * @since 0.1.0
 */
export interface Detector {
  /** What verdicts and replacements call it. */
  readonly kind: string;
  /** In order of where they begin. It has to be done in time linear in the text: nothing stops it. */
  find(text: string): Iterable<Finding>;
}
