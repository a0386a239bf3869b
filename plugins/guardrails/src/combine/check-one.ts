import type { Guardrail, GuardrailContext, GuardrailInput, Verdict } from '@aiwork/core';
import { describeError } from '../describe-error.ts';
import { block, checkVerdict } from '../verdict.ts';

/**
 * What a guardrail of anybody's decides. One that throws, or gives no verdict, blocks.
 *
 * @throws the reason of the signal when it aborts.
 * @internal
 */
export async function checkOne(
  guardrail: Guardrail,
  input: GuardrailInput,
  context: GuardrailContext,
): Promise<Verdict> {
  context.signal.throwIfAborted();
  try {
    return checkVerdict(await guardrail.check(input, context), guardrail.name);
  } catch (error) {
    context.signal.throwIfAborted();
    return block(`it threw ${describeError(error)}`);
  }
}
