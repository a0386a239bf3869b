import type { Guardrail, GuardrailContext, GuardrailInput, Verdict } from '@aiwork/core';
import { checkOptions, type GuardrailOptions, oneOf, refuse } from '../guardrail-options.ts';
import type { Match } from '../pattern/scan.ts';
import { redact } from '../redact.ts';
import { textPosition } from '../text-position.ts';
import { block, fail, pass, tooLong } from '../verdict.ts';
import { bankAccounts } from './bank-accounts.ts';
import type { Detector } from './detector.ts';
import { emailAddresses } from './email-addresses.ts';
import { paymentCards } from './payment-cards.ts';

/** @since 0.1.0 */
export interface PersonalDataGuardrailOptions extends GuardrailOptions {
  /** What is looked for. Default: {@link emailAddresses}, {@link paymentCards} and {@link bankAccounts}. */
  readonly detectors?: readonly Detector[];
  /** What happens with a text that has some of it. Default `redact`. */
  readonly onFail?: 'redact' | 'block' | 'retry';
  /**
   * What `redact` puts in place of a value; `seal` of {@link sealedValues} makes tokens that {@link restoreGuardrail} takes
   * back. Default: the kind, as in `[email address]`.
   */
  readonly replace?: (kind: string, value: string) => string;
}

const usual: readonly Detector[] = [emailAddresses, paymentCards, bankAccounts];

/**
 * Looks for data of people in a text, by detectors that know check digits. A verdict names the kind and the place, never
 * what was found there; in a redacted text nothing is found any more, or it is blocked.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option cannot be used.
 * @example
 * ```ts
 * import { personalDataGuardrail } from '@aiwork/guardrails';
 *
 * const hide = personalDataGuardrail({ name: 'hide', on: ['input'] });
 * const { signal } = new AbortController();
 * console.log(await hide.check({ text: 'I am ada@example.org, 4111 1111 1111 1111', final: true }, { signal }));
 * // { action: 'redact', text: 'I am [email address], [card number]', reason: 'replaced 1 of kind "email address", 1 of kind "card number"' }
 * ```
 * @since 0.1.0
 */
export function personalDataGuardrail(options: PersonalDataGuardrailOptions): Guardrail {
  const { name, on, maxTextBytes } = checkOptions(options);
  const { detectors = usual, replace = (kind: string) => `[${kind}]` } = options;
  const onFail = oneOf(options.onFail ?? 'redact', ['redact', 'block', 'retry'], 'onFail', name);
  if (detectors.length === 0) refuse(`guardrail "${name}" has no detectors: give one or more`);
  const kinds = detectors.map(({ kind }) => kind);
  const counted = kinds.map((kind) => (count: number) => `${count} of kind "${kind}"`);

  function* find(text: string): Generator<Match> {
    for (const [pattern, detector] of detectors.entries()) {
      for (const { start, end } of detector.find(text)) yield { pattern, start, end };
    }
  }

  async function check(text: string, signal: AbortSignal): Promise<Verdict> {
    if (onFail === 'redact') {
      return redact({
        text,
        counted,
        scanner: { scan: async (left) => [...find(left)] },
        replace: (value, { pattern }) => replace(kinds[pattern] ?? '', value),
        maxTextBytes,
        signal,
      });
    }
    const { value: found } = find(text).next();
    if (!found) return pass;
    return fail(
      onFail,
      `there is ${article(kinds[found.pattern] ?? '')} at ${textPosition(text, found.start)}`,
    );
  }

  return Object.freeze({
    name,
    on,
    async check({ text }: GuardrailInput, { signal }: GuardrailContext): Promise<Verdict> {
      signal.throwIfAborted();
      const long = tooLong(text, maxTextBytes);
      if (long) return long;
      try {
        return await check(text, signal);
      } catch (error) {
        signal.throwIfAborted();
        // Its message may repeat what was looked at.
        const what = error instanceof Error ? error.name : typeof error;
        return block(`looking for ${kinds.join(', ')} failed with ${what}`);
      }
    },
  });
}

const article = (kind: string) => `${/^[aeiou]/i.test(kind) ? 'an' : 'a'} ${kind}`;
