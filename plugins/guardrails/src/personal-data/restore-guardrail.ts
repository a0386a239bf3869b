import type { Guardrail, GuardrailInput, Verdict } from '@aiwork/core';
import { checkOptions, type GuardrailOptions } from '../guardrail-options.ts';
import { replacingStream } from '../stream/finding-stream.ts';
import { detectorFinder } from '../stream/stream-finder.ts';
import { block, pass, tooLong } from '../verdict.ts';
import type { SealedValues } from './sealed-values.ts';

/** @since 0.1.0 */
export interface RestoreGuardrailOptions extends GuardrailOptions {
  /** What the values were sealed with. */
  readonly sealed: SealedValues;
}

/**
 * Puts values back in place of the tokens that {@link personalDataGuardrail} put in place of them. Let it look at what goes
 * to who may know the values: the answer, or calls of tools of your own.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option cannot be used.
 * @example
 * ```ts
 * import { randomBytes } from 'node:crypto';
 * import { createOrchestrator, defineAgent } from '@aiwork/core';
 * import { scriptedChatModel } from '@aiwork/core/testing';
 * import { personalDataGuardrail, restoreGuardrail, sealedValues } from '@aiwork/guardrails';
 *
 * const sealed = sealedValues(randomBytes(64));
 * const clerk = defineAgent({
 *   id: 'clerk',
 *   instructions: 'Help.',
 *   model: scriptedChatModel([({ messages }) => `I wrote to ${messages.at(-1)?.content.split(' ').at(-1)}`]),
 *   guardrails: [
 *     personalDataGuardrail({ name: 'hide', on: ['input'], replace: sealed.seal }),
 *     restoreGuardrail({ name: 'show', sealed }),
 *   ],
 * });
 * await using ai = createOrchestrator();
 * const run = await ai.start(clerk, 'Write to ada@example.org');
 * console.log(await run.result()); // I wrote to ada@example.org
 * ```
 * @since 0.1.0
 */
export function restoreGuardrail(options: RestoreGuardrailOptions): Guardrail {
  const { name, on, maxTextBytes } = checkOptions(options);
  const { sealed } = options;
  const finder = sealed.tokens && detectorFinder([sealed.tokens]);
  return Object.freeze({
    name,
    on,
    ...(finder && {
      streaming: Object.freeze({
        windowChars: finder.windowChars,
        begin: () => replacingStream(finder, sealed.open),
      }),
    }),
    check({ text }: GuardrailInput): Verdict {
      const long = tooLong(text, maxTextBytes);
      if (long) return long;
      const restored = sealed.open(text);
      if (restored === text) return pass;
      if (tooLong(restored, maxTextBytes))
        return block(`the restored text has more than the ${maxTextBytes} bytes of maxTextBytes`);
      return { action: 'redact', text: restored, reason: 'put values in place of their tokens' };
    },
  });
}
