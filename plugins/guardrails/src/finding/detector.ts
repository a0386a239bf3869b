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
  /**
   * Those that begin at `from` or later; earlier ones are ignored. Overlapping ones are replaced as one. It has to be done in
   * time linear in the text: nothing stops it.
   */
  find(text: string, from?: number): Iterable<Finding>;
  /** Without it an answer is shown only when all of it has passed, and long texts are not looked at in pieces. */
  readonly streaming?: DetectorStreaming;
}

/**
 * How a detector looks at a text that is still coming, or that is long and looked at in pieces. Whether something is found may depend on no more than 256 UTF-16
 * units before it: what is before them is not there any more.
 *
 * @since 0.1.0
 */
export interface DetectorStreaming {
  /** Most UTF-16 units that are held back because they may become something. */
  readonly windowChars: number;
  /**
   * Where the first finding begins, at `from` or later, that may still come or grow when more text does; the length of the
   * text when there is none.
   */
  openAt(text: string, from: number): number;
}
