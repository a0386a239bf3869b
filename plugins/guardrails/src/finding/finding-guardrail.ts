import type { Guardrail, GuardrailContext, GuardrailInput, Verdict } from '@aiwork/core';
import { checkOptions, type GuardrailOptions, oneOf, refuse } from '../guardrail-options.ts';
import type { Match } from '../pattern/scan.ts';
import { redact } from '../redact.ts';
import { detectorFinder } from '../stream/stream-finder.ts';
import { type StreamingOptions, streamingOf } from '../stream/streaming.ts';
import { textPosition } from '../text-position.ts';
import { block, fail, pass, tooLong } from '../verdict.ts';
import type { Detector } from './detector.ts';
import { findInPieces } from './find-in-pieces.ts';

/** What guardrails take that look for something by detectors. @since 0.1.0 */
export interface FindingGuardrailOptions extends GuardrailOptions, StreamingOptions {
  /** What happens with a text that has some of it. Default `redact`. */
  readonly onFail?: 'redact' | 'block' | 'retry';
  /** What `redact` puts in place of a finding. Default: the kind, as in `[email address]`. */
  readonly replace?: (kind: string, value: string) => string;
}

/**
 * A guardrail that looks for what detectors find. A verdict names the kind and the place, never what was found there; in a
 * redacted text nothing is found any more, or it is blocked.
 *
 * @internal
 */
export function findingGuardrail(
  options: FindingGuardrailOptions,
  detectors: readonly Detector[],
): Guardrail {
  const { name, on, maxTextBytes } = checkOptions(options);
  const { replace = (kind: string) => `[${kind}]`, whileStreaming } = options;
  const onFail = oneOf(options.onFail ?? 'redact', ['redact', 'block', 'retry'], 'onFail', name);
  if (!Array.isArray(detectors)) refuse(`\`detectors\` of guardrail "${name}" is no list: give an array`);
  if (detectors.length === 0) refuse(`guardrail "${name}" has no detectors: give one or more`);
  const wrong = detectors.findIndex(
    (each) => typeof each?.kind !== 'string' || typeof each.find !== 'function',
  );
  if (wrong >= 0) refuse(`detectors[${wrong}] of guardrail "${name}" has no \`kind\` or no \`find\``);
  const kinds = detectors.map(({ kind }) => kind);
  const counted = kinds.map((kind) => (count: number) => `${count} of kind "${kind}"`);
  const replaceMatch = (value: string, { pattern }: Match) => replace(kinds[pattern] ?? '', value);

  const finder = detectorFinder(detectors);

  async function* find(
    { text, final }: GuardrailInput,
    signal: AbortSignal,
  ): AsyncGenerator<readonly Match[]> {
    if (final && finder) {
      yield* findInPieces(finder, text, signal);
      return;
    }
    // What may still become something else is not found yet.
    const end = finder && !final ? finder.openAt(text, 0) : text.length;
    yield detectors.flatMap((detector, pattern) =>
      [...detector.find(text)].flatMap((found) => (found.start < end ? { pattern, ...found } : [])),
    );
  }

  async function check({ text, final }: GuardrailInput, signal: AbortSignal): Promise<Verdict> {
    if (onFail === 'redact') {
      return redact({
        text,
        counted,
        find: (left) => find({ text: left, final }, signal),
        replace: replaceMatch,
        maxTextBytes,
      });
    }
    for await (const [found] of find({ text, final }, signal)) {
      if (!found) continue;
      const place = textPosition(text, found.start);
      return fail(onFail, `there is ${article(kinds[found.pattern] ?? '')} at ${place}`);
    }
    return pass;
  }

  return Object.freeze({
    name,
    on,
    ...streamingOf({
      name,
      on,
      onFail,
      whileStreaming,
      replace: replaceMatch,
      finder: () => finder,
    }),
    async check(input: GuardrailInput, { signal }: GuardrailContext): Promise<Verdict> {
      signal.throwIfAborted();
      const long = tooLong(input.text, maxTextBytes);
      if (long) return long;
      try {
        return await check(input, signal);
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
