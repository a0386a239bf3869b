import { createHash } from 'node:crypto';
import type { Guardrail, GuardrailContext, GuardrailInput, Verdict } from '@aiwork/core';
import { refuse } from '../guardrail-options.ts';
import { pass } from '../verdict.ts';

/** @since 0.1.0 */
export interface SampledGuardrailOptions {
  /** What is shown some of the texts. */
  readonly guardrail: Guardrail;
  /** Which part of all texts it is shown, above 0 and up to 1. */
  readonly share: number;
}

/**
 * Shows a guardrail some of the texts, and lets the others pass. Which ones follows from the text, so that the same text
 * always gets the same verdict; whoever knows the rule can make texts that are not looked at, so sample what costs, not what
 * protects.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when the share is no number above 0 and up to 1.
 * @example
 * ```ts
 * import { customGuardrail, sampledGuardrail } from '@aiwork/guardrails';
 *
 * const costly = customGuardrail({ name: 'judge', check: () => ({ action: 'block', reason: 'not good' }) });
 * const guardrail = sampledGuardrail({ guardrail: costly, share: 0.3 });
 * const { signal } = new AbortController();
 * console.log(await guardrail.check({ text: 'one', final: true }, { signal })); // { action: 'pass' }
 * console.log(await guardrail.check({ text: 'two', final: true }, { signal })); // { action: 'block', reason: 'not good' }
 * ```
 * @since 0.1.0
 */
export function sampledGuardrail({ guardrail, share }: SampledGuardrailOptions): Guardrail {
  const { name, on } = guardrail;
  if (!(share > 0 && share <= 1)) {
    refuse(`share of guardrail "${name}" is ${String(share)}: give a number above 0 and up to 1`);
  }
  return Object.freeze({
    name,
    on,
    check(input: GuardrailInput, context: GuardrailContext): Promise<Verdict> | Verdict {
      return placeOf(input.text) < share ? guardrail.check(input, context) : pass;
    },
  });
}

/** A number from 0 to below 1 that follows from a text. */
function placeOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;
}
