import type { Guardrail, GuardrailContext, GuardrailInput, Verdict } from '@aiwork/core';
import { checkOptions, type GuardrailOptions, oneOf, refuse, wholeNumber } from '../guardrail-options.ts';
import { textPosition } from '../text-position.ts';
import { block, fail, type OnFail, pass, tooLong } from '../verdict.ts';

/** @since 0.1.0 */
export interface LanguageGuardrailOptions extends GuardrailOptions {
  /** Languages that a text may be in, as `detect` calls them. */
  readonly languages: readonly string[];
  /** Tells the language of a text; nothing when it is not sure, which passes. */
  readonly detect: (text: string) => string | undefined;
  /** Paragraphs with fewer characters say too little, and pass. Default 40. */
  readonly minChars?: number;
  /** What happens with a text that has a paragraph in another language. Default `retry`. */
  readonly onFail?: OnFail;
}

const longestBlock = 2_000;

/**
 * Looks at the language of each paragraph. The tables of a language detector are larger than this package: give a library's,
 * as of `eld`.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option cannot be used.
 * @example
 * ```ts
 * import { languageGuardrail } from '@aiwork/guardrails';
 *
 * // As `(text) => eld.detect(text).language` tells it, with `eld` of `eld/small`.
 * const detect = (text: string) => (/\b(?:der|die|das|kein|ist)\b/.test(text) ? 'de' : 'en');
 * const english = languageGuardrail({ name: 'English', languages: ['en'], detect });
 * const { signal } = new AbortController();
 * console.log(await english.check({ text: 'Das ist leider gar kein englischer Satz geworden.', final: true }, { signal }));
 * // { action: 'retry', feedback: 'the paragraph at line 1, column 1 is in "de": write en' }
 * ```
 * @since 0.1.0
 */
export function languageGuardrail(options: LanguageGuardrailOptions): Guardrail {
  const { name, on, maxTextBytes } = checkOptions(options);
  const onFail = oneOf(options.onFail ?? 'retry', ['block', 'retry'], 'onFail', name);
  const minChars = wholeNumber(options.minChars ?? 40, 'minChars', name);
  const { languages, detect } = options;
  if (!Array.isArray(languages) || languages.length === 0)
    refuse(`guardrail "${name}" has no languages: give one or more`);
  if (typeof detect !== 'function')
    refuse(`guardrail "${name}" cannot tell languages: give \`detect\` a function`);

  return Object.freeze({
    name,
    on,
    check({ text, final }: GuardrailInput, { signal }: GuardrailContext): Verdict {
      signal.throwIfAborted();
      const long = tooLong(text, maxTextBytes);
      if (long) return long;
      // What a beginning is taken for may be wrong.
      if (!final) return pass;
      for (const { start, block: paragraph } of paragraphs(text)) {
        if (paragraph.length < minChars) continue;
        let language: string | undefined;
        try {
          language = detect(paragraph);
        } catch (error) {
          // Its message may repeat what was looked at.
          return block(
            `telling the language failed with ${error instanceof Error ? error.name : typeof error}`,
          );
        }
        if (language === undefined || languages.includes(language)) continue;
        const place = textPosition(text, start);
        return fail(onFail, `the paragraph at ${place} is in "${language}": write ${languages.join(' or ')}`);
      }
      return pass;
    },
  });
}

/** What stands between blank lines, in pieces that are not too long for a detector. */
function* paragraphs(text: string): Generator<{ readonly start: number; readonly block: string }> {
  for (const { index, 0: lines } of text.matchAll(/\S[^\n]*(?:\n[^\S\n]*\S[^\n]*)*/g)) {
    for (let at = 0; at < lines.length; at += longestBlock) {
      yield { start: index + at, block: lines.slice(at, at + longestBlock) };
    }
  }
}
