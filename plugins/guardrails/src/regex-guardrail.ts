import type { Guardrail, GuardrailContext, GuardrailInput, Verdict } from '@aiwork/core';
import { checkOptions, duration, type GuardrailOptions, oneOf, refuse } from './guardrail-options.ts';
import { namePatterns } from './named-patterns.ts';
import type { Match } from './pattern/scan.ts';
import { ScanTimeout } from './pattern/scan-thread.ts';
import { createScanner } from './pattern/scanner.ts';
import { redact, refuseMatchingReplacement } from './redact.ts';
import { patternFinder } from './stream/stream-finder.ts';
import { type StreamingOptions, streamingOf } from './stream/streaming.ts';
import { textPosition } from './text-position.ts';
import { block, fail, pass, tooLong } from './verdict.ts';

/** @since 0.1.0 */
export interface RegexGuardrailOptions extends GuardrailOptions, StreamingOptions {
  /**
   * Regular expressions in JavaScript's syntax, each under the name that verdicts call it by. A text is read as
   * `new RegExp(text)` would; flags need a `RegExp`.
   */
  readonly patterns: Readonly<Record<string, string | RegExp>>;
  /** Whether each pattern has to be `absent` from the text or `present` in it. Default `absent`. */
  readonly expect?: 'absent' | 'present';
  /** What happens otherwise. `redact` puts `replacement` in place of each match. Default `block`. */
  readonly onFail?: 'block' | 'retry' | 'redact';
  /** Stands in place of what is redacted, as it is. Default `[redacted]`. */
  readonly replacement?: string;
  /**
   * `linear` (RE2) takes time linear in the text for one pass, whatever the pattern, but knows no backreferences and
   * lookaheads only right after a leading `^`. `backtracking` is JavaScript's own, always in a thread of its own.
   * Default `linear`.
   */
  readonly engine?: 'linear' | 'backtracking';
  /** Most milliseconds one check may look for patterns before the text is blocked. Default 5,000. */
  readonly timeoutMs?: number;
}

/**
 * Looks for regular expressions in a text. No pattern and no text can make it hang: patterns run on a linear-time engine,
 * everything that may take longer than some milliseconds in a thread, which ends after `timeoutMs`. A verdict names the
 * pattern and the place, never what was found there; in a redacted text no pattern matches any more, or it is blocked.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option or a pattern cannot be used, naming the part of the pattern.
 * @example
 * ```ts
 * import { regexGuardrail } from '@aiwork/guardrails';
 *
 * const contacts = regexGuardrail({
 *   name: 'contacts',
 *   patterns: { email: /[\w.+-]+@[\w-]+\.[\w.-]+/, phone: /\+\d[\d ]{7,14}\d/ },
 *   onFail: 'redact',
 * });
 * const { signal } = new AbortController();
 * console.log(await contacts.check({ text: 'Write to ada@example.org', final: true }, { signal }));
 * // { action: 'redact', text: 'Write to [redacted]', reason: 'replaced 1 match of pattern "email"' }
 * ```
 * @since 0.1.0
 */
export function regexGuardrail(options: RegexGuardrailOptions): Guardrail {
  const { name, on, maxTextBytes } = checkOptions(options);
  const expect = oneOf(options.expect ?? 'absent', ['absent', 'present'], 'expect', name);
  const onFail = oneOf(options.onFail ?? 'block', ['block', 'retry', 'redact'], 'onFail', name);
  const engine = oneOf(options.engine ?? 'linear', ['linear', 'backtracking'], 'engine', name);
  const timeoutMs = duration(options.timeoutMs ?? 5_000, 'timeoutMs', name);
  const replacement = options.replacement ?? '[redacted]';
  const { names, specs, compiled } = namePatterns(options.patterns, engine, name);
  if (onFail === 'redact') {
    if (expect === 'present')
      refuse(`guardrail "${name}" cannot redact what has to be present: give another onFail`);
    refuseMatchingReplacement({ name, names, compiled, replacement });
  }
  const scanner = createScanner({ specs, inline: compiled, timeoutMs });
  const counted = names.map(
    (pattern) => (count: number) => `${count} ${count === 1 ? 'match' : 'matches'} of pattern "${pattern}"`,
  );
  const replace = () => replacement;

  async function check(text: string, signal: AbortSignal): Promise<Verdict> {
    async function* find(left: string): AsyncGenerator<readonly Match[]> {
      yield await scanner.scan(left, 'all', signal);
    }
    if (onFail === 'redact') return redact({ text, counted, find, replace, maxTextBytes });
    const [match] = await scanner.scan(text, expect === 'present' ? 'missing' : 'first', signal);
    if (!match) return pass;
    const pattern = `pattern "${names[match.pattern]}"`;
    return fail(
      onFail,
      expect === 'present'
        ? `${pattern} was not found`
        : `${pattern} matched at ${textPosition(text, match.start)}`,
    );
  }

  // What has to be there may come at the end.
  const finder = () => (expect === 'absent' && compiled ? patternFinder(compiled, specs) : undefined);
  const { whileStreaming } = options;
  return Object.freeze({
    name,
    on,
    ...streamingOf({ name, on, onFail, whileStreaming, replace, finder }),
    async check({ text, final }: GuardrailInput, { signal }: GuardrailContext): Promise<Verdict> {
      const long = tooLong(text, maxTextBytes);
      if (long) return long;
      // What has to be there may still come.
      if (expect === 'present' && !final) return pass;
      try {
        return await check(text, signal);
      } catch (error) {
        signal.throwIfAborted();
        const what = error instanceof ScanTimeout ? error.message : 'failed in its thread';
        return block(`looking for ${names.map((pattern) => `"${pattern}"`).join(', ')} ${what}`);
      }
    },
  });
}
