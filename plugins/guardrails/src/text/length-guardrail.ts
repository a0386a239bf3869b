import type { Guardrail, GuardrailContext, GuardrailInput, GuardrailStreaming, Verdict } from '@aiwork/core';
import { checkOptions, type GuardrailOptions, oneOf, refuse, wholeNumber } from '../guardrail-options.ts';
import type { StreamingOptions } from '../stream/streaming.ts';
import { fail, type OnFail, pass, tooLong } from '../verdict.ts';
import { isBlankUnit } from './blank.ts';

/** @since 0.1.0 */
export interface LengthGuardrailOptions extends GuardrailOptions, StreamingOptions {
  /** What is counted: Unicode characters (code points), or words as they stand between white space. Default `characters`. */
  readonly unit?: 'characters' | 'words';
  /** Fewest there have to be. */
  readonly min?: number;
  /** Most there may be. */
  readonly max?: number;
  /** What happens with a text of another length. Default `block`. */
  readonly onFail?: OnFail;
}

/**
 * Looks at the length of a text.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option cannot be used, or neither `min` nor `max` is given.
 * @example
 * ```ts
 * import { lengthGuardrail } from '@aiwork/guardrails';
 *
 * const brief = lengthGuardrail({ name: 'brief', unit: 'words', max: 5, onFail: 'retry' });
 * const { signal } = new AbortController();
 * console.log(await brief.check({ text: 'This answer has six words, sorry.', final: true }, { signal }));
 * // { action: 'retry', feedback: 'the text has 6 words: give at most 5' }
 * ```
 * @since 0.1.0
 */
export function lengthGuardrail(options: LengthGuardrailOptions): Guardrail {
  const { name, on, maxTextBytes } = checkOptions(options);
  const unit = oneOf(options.unit ?? 'characters', ['characters', 'words'], 'unit', name);
  const onFail = oneOf(options.onFail ?? 'block', ['block', 'retry'], 'onFail', name);
  const whileStreaming = oneOf(options.whileStreaming ?? 'hold', ['show', 'hold'], 'whileStreaming', name);
  const { min, max } = options;
  if (min === undefined && max === undefined)
    refuse(`guardrail "${name}" has no limit: give \`min\` or \`max\``);
  if (min !== undefined) wholeNumber(min, 'min', name);
  if (max !== undefined) wholeNumber(max, 'max', name);
  if (min !== undefined && max !== undefined && min > max)
    refuse(`min of guardrail "${name}" is ${min}, more than its max of ${max}`);
  const say = (count: number, limit: string) =>
    `the text has ${count} ${count === 1 ? unit.slice(0, -1) : unit}: give ${limit}`;

  return Object.freeze({
    name,
    on,
    ...(whileStreaming === 'show' && { streaming: streamingUpTo(max ?? Infinity, unit) }),
    check({ text, final }: GuardrailInput, { signal }: GuardrailContext): Verdict {
      signal.throwIfAborted();
      const long = tooLong(text, maxTextBytes);
      if (long) return long;
      // No text has more characters or words than UTF-16 units, so most need no counting; and more may come.
      const mayBeTooLong = max !== undefined && text.length > max;
      const mayBeTooShort = min !== undefined && final;
      if (!mayBeTooLong && !mayBeTooShort) return pass;
      const count = countOf[unit](text);
      if (mayBeTooLong && count > max) return fail(onFail, say(count, `at most ${max}`));
      if (mayBeTooShort && count < min) return fail(onFail, say(count, `at least ${min}`));
      return pass;
    },
  });
}

const starts = { characters: /./gsu, words: /(?<!\S)\S/gu } as const;

/** As many as `starts` has matches in a text, which takes some times longer. */
const countOf: Readonly<Record<keyof typeof starts, (text: string) => number>> = {
  characters(text) {
    let count = 0;
    let wasHigh = false;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (!(wasHigh && isLow(code))) count += 1;
      wasHigh = isHigh(code);
    }
    return count;
  },
  words(text) {
    let count = 0;
    let wasBlank = true;
    for (let at = 0; at < text.length; at += 1) {
      const isBlank = isBlankUnit(text.charCodeAt(at));
      if (wasBlank && !isBlank) count += 1;
      wasBlank = isBlank;
    }
    return count;
  },
};

const isHigh = (code: number) => code >= 0xd800 && code <= 0xdbff;
const isLow = (code: number) => code >= 0xdc00 && code <= 0xdfff;

/** Lets so many go, and nothing of the next. */
function streamingUpTo(max: number, unit: keyof typeof starts): GuardrailStreaming {
  return Object.freeze({
    windowChars: 1,
    begin() {
      let left = max;
      let held = '';
      let before = '';
      return {
        push(piece: string) {
          if (left < 0) return '';
          const came = held + piece;
          // Half a character counts when the other half has come.
          held = /[\ud800-\udbff]$/.test(came) ? came.slice(-1) : '';
          const text = before + came.slice(0, came.length - held.length);
          let shown = text.length;
          for (const { index } of text.matchAll(starts[unit])) {
            if (index < before.length) continue;
            left -= 1;
            if (left >= 0) continue;
            shown = index;
            break;
          }
          const more = text.slice(before.length, shown);
          before = text.slice(-1);
          return more;
        },
      };
    },
  });
}
