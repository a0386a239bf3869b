import type { Guardrail, GuardrailInput, GuardrailStream, Verdict } from '@aiwork/core';
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
 * to who may know the values: the answer, or calls of tools of your own. In a text that is a JSON object or array, as the
 * input of a tool is, each value stays in its string, whatever characters it has. Put it before guardrails that look for
 * links: a model can be made to write a token into one.
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
        windowChars: Infinity,
        begin: () => unlessJson(replacingStream(finder, sealed.open)),
      }),
    }),
    check({ text }: GuardrailInput): Verdict {
      const long = tooLong(text, maxTextBytes);
      if (long) return long;
      const restored = isJson(text) ? openStrings(text, sealed) : sealed.open(text);
      if (restored === text) return pass;
      if (tooLong(restored, maxTextBytes))
        return block(`the restored text has more than the ${maxTextBytes} bytes of maxTextBytes`);
      return { action: 'redact', text: restored, reason: 'put values in place of their tokens' };
    },
  });
}

const jsonStart = /^\s*[{[]/;

function isJson(text: string): boolean {
  if (!jsonStart.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A value with a quotation mark must not become more than a string. */
function openStrings(json: string, sealed: SealedValues): string {
  return json.replaceAll(/"[^"\\]*(?:\\.[^"\\]*)*"/g, (literal) => {
    const text = String(JSON.parse(literal));
    const opened = sealed.open(text);
    return opened === text ? literal : JSON.stringify(opened);
  });
}

/** What may become JSON is held back: only its end tells whether it is. */
function unlessJson(stream: GuardrailStream): GuardrailStream {
  let beginning: string | undefined = '';
  return {
    push(piece) {
      if (beginning === undefined) return stream.push(piece);
      beginning += piece;
      if (beginning.trim() === '' || jsonStart.test(beginning)) return '';
      const text = beginning;
      beginning = undefined;
      return stream.push(text);
    },
  };
}
