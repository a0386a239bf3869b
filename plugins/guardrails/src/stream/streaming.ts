import type { GuardrailStage, GuardrailStreaming } from '@aiwork/core';
import { oneOf } from '../guardrail-options.ts';
import { rounds } from '../redact.ts';
import type { Replace } from '../replace-matches.ts';
import { replacingStream, stoppingStream, throughAll } from './finding-stream.ts';
import type { StreamFinder } from './stream-finder.ts';

/** What guardrails that look for something do with an answer that is still coming. @since 0.1.0 */
export interface StreamingOptions {
  /**
   * `show`: an answer is shown while it comes, up to what is found or may become something to be found. `hold`: none of it
   * before all of it has passed. What was shown cannot be taken back, so the default is `show` where findings are redacted
   * and `hold` where they end the answer.
   */
  readonly whileStreaming?: 'show' | 'hold';
}

/** @internal */
export interface Streaming {
  readonly name: string;
  readonly on: readonly GuardrailStage[];
  readonly onFail: 'block' | 'retry' | 'redact';
  readonly whileStreaming: StreamingOptions['whileStreaming'] | undefined;
  readonly replace: Replace;
  /** Nothing for what has to see the whole of a text. */
  readonly finder: () => StreamFinder | undefined;
}

/** How a guardrail that looks for something looks at streams, as a part of it. @internal */
export function streamingOf(options: Streaming): { readonly streaming?: GuardrailStreaming } {
  const { name, on, onFail, replace } = options;
  const usual = onFail === 'redact' ? 'show' : 'hold';
  const mode = oneOf(options.whileStreaming ?? usual, ['show', 'hold'], 'whileStreaming', name);
  // Only answers are shown while they come.
  const finder = mode === 'show' && on.includes('output') ? options.finder() : undefined;
  if (!finder) return {};
  return { streaming: Object.freeze(onFail === 'redact' ? redacting(finder, replace) : stopping(finder)) };
}

// One unit of a character whose other half has not come is held back, too.
const half = 1;

function stopping(finder: StreamFinder): GuardrailStreaming {
  return { windowChars: finder.windowChars + half, begin: () => stoppingStream(finder) };
}

/**
 * As `redact` does it: what is left and right of a replacement may match together with it, so each round is a stream of its
 * own, and what is found after the last is not shown.
 */
function redacting(finder: StreamFinder, replace: Replace): GuardrailStreaming {
  return {
    windowChars: (rounds + 1) * finder.windowChars + half,
    begin() {
      const replacing = Array.from({ length: rounds }, () => replacingStream(finder, replace));
      return throughAll([...replacing, stoppingStream(finder)]);
    },
  };
}
