import type { Guardrail } from '@aiwork/core';
import type { Detector } from '../finding/detector.ts';
import { type FindingGuardrailOptions, findingGuardrail } from '../finding/finding-guardrail.ts';
import { bankAccounts } from './bank-accounts.ts';
import { emailAddresses } from './email-addresses.ts';
import { paymentCards } from './payment-cards.ts';

/** @since 0.1.0 */
export interface PersonalDataGuardrailOptions extends FindingGuardrailOptions {
  /** What is looked for. Default: {@link emailAddresses}, {@link paymentCards} and {@link bankAccounts}. */
  readonly detectors?: readonly Detector[];
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
  return findingGuardrail(options, options.detectors ?? usual);
}
